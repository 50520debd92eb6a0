/** What the generator is asked to do. Plain values: they cross a process boundary. */
export interface Job {
  /** Of one server, or of several: the connections take them in turn. */
  ports: readonly number[]
  connections: number
  traffic: Traffic
  pace: Pace
}

export type Traffic =
  /**
   * `GET` of one path, or of the paths of many devices in turn (`/getip/{device}`). `unique`: each request
   * differs, so that no cached answer serves.
   */
  | { kind: 'get'; path: string; accept: string; devices?: number; unique?: boolean }
  /** Signed updates, prepared. `signedAnswers`: every 64th answer's signature is checked. */
  | { kind: 'update'; devices: number; signedAnswers: boolean }
  /** Signed `/ip`, then an `/update` made from its answer. */
  | { kind: 'exchange'; devices: number }
  /** dyndns2 updates by routers with a password, in turn. */
  | { kind: 'dyndns2'; routers: number; password: 'right' | 'wrong' }

export type Pace =
  /** Every connection sends its next request when it has the answer to the one before. */
  | { kind: 'closed'; seconds: number }
  /** Requests are sent when they are due, whatever came of those before. */
  | { kind: 'open'; perSecond: number; seconds: number }

export interface Outcome {
  /** Requests answered 200; for exchanges, exchanges. */
  done: number
  /** Any other answer, and the first of them as it came. */
  failed: number
  firstFailure: string | null
  seconds: number
  perSecond: number
  /** From sending to the whole answer; at an open pace from when it was due. */
  ms: { p50: number; p99: number; max: number }
  /** Share of one core that the generator used. */
  cpu: number
  /** Answers whose signature was checked. */
  verified: number
  /** The timestamp that every update of an open-paced job bears; null for other traffic. */
  timestamp: number | null
}

/** Every device of the bench has a name and a secret by its number, so that nobody needs to hold a list. */
export function deviceName(number: number): string {
  return `bench-${String(number).padStart(7, '0')}`
}

/** A device that reports by password. */
export function routerName(number: number): string {
  return `router-${number}`
}

export function routerPassword(number: number): string {
  return `the-password-of-${routerName(number)}`
}

export function deviceSecret(number: number): string {
  return `the-secret-of-${deviceName(number)}`
}
