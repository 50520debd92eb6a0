import type { NotifierEvent } from '../event.ts'

/** One way out. Channels know nothing of each other, of retries or of the database. */
export interface Channel {
  /** As `list`, `test`, the log and the metrics name it: `ntfy`, `publish-home`. */
  readonly name: string
  /** Whether this event is for this channel. */
  accepts(event: NotifierEvent): boolean
  /** An alert is a message for people or programs. What is published is a state: at once, and only the newest. */
  readonly kind: 'alert' | 'publish'
  /** Never throws for a failure of the other side. */
  send(event: NotifierEvent, signal: AbortSignal): Promise<Outcome>
}

export type Outcome = Delivered | Failed | Obsolete | Postponed

export interface Delivered {
  readonly kind: 'delivered'
  /** What the other side answered, for `test`. */
  readonly answer: string
  /** Send it once more at this time (ms since the epoch): a part of it could not be sent yet. */
  readonly againAt?: number
}

export interface Failed {
  readonly kind: 'failed'
  /** A sentence without any secret. It is logged and stored. */
  readonly reason: string
  /** What else the other side said, for `test` alone: it may repeat a secret that it was sent. */
  readonly detail?: string
  /** No try before this much time has passed, as the other side asked. */
  readonly retryAfterMs?: number
  /** The other side wants no message ever again (410 Gone). */
  readonly isGone?: boolean
}

/** What should be sent no longer exists, so there is nothing to try again. It is not a failure. */
export interface Obsolete {
  readonly kind: 'obsolete'
  readonly reason: string
}

/** There is nothing to send before this time. It is not a failure. */
export interface Postponed {
  readonly kind: 'postponed'
  readonly until: number
  readonly reason: string
}
