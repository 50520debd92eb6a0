/** A job for the generator. Plain values, because it is sent to another process. */
export interface Job {
  /** One per server; connections are spread over them round-robin. */
  ports: readonly number[]
  connections: number
  traffic: Traffic
  pace: Pace
}

export type Traffic =
  /**
   * `GET` of one path, or of many devices' paths in turn (`/getip/{device}`). `unique`: every request differs,
   * so none is answered from a cache.
   */
  | { kind: 'get'; path: string; accept: string; devices?: number; unique?: boolean }
  /** Updates signed in advance. `signedAnswers`: verify every 64th answer's signature. */
  | { kind: 'update'; devices: number; signedAnswers: boolean }
  /** Signed `/ip`, then an `/update` with its answer. */
  | { kind: 'exchange'; devices: number }
  /** dyndns2 updates, with the routers' passwords. */
  | { kind: 'dyndns2'; routers: number; password: 'right' | 'wrong' }

export type Pace =
  /** Closed loop: a connection sends its next request after the previous answer. */
  | { kind: 'closed'; seconds: number }
  /** Open loop: requests are sent when due, not when others end. */
  | { kind: 'open'; perSecond: number; seconds: number }

export interface Outcome {
  /** Requests, or whole exchanges, answered 200. */
  done: number
  /** Any other answer; the first is kept. */
  failed: number
  firstFailure: string | null
  seconds: number
  perSecond: number
  /** Latency from sending, or in an open loop from when it was due. */
  ms: { p50: number; p99: number; max: number }
  /** Share of one core that the generator used. */
  cpu: number
  /** Answers whose signature was checked. */
  verified: number
  /** The timestamp of every update of an open-loop job, otherwise null. */
  timestamp: number | null
}

/** Names and secrets derive from the device number, so no list is needed. */
export function deviceName(number: number): string {
  return `bench-${String(number).padStart(7, '0')}`
}

/** A dyndns2 device. */
export function routerName(number: number): string {
  return `router-${number}`
}

export function routerPassword(number: number): string {
  return `the-password-of-${routerName(number)}`
}

export function deviceSecret(number: number): string {
  return `the-secret-of-${deviceName(number)}`
}
