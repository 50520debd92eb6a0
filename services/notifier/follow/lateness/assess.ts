import type { DeviceSummary } from '@ipupdater/storage'
import { lateAfter } from '@ipupdater/storage'
import type { Outage } from '../../outbox/announced-outages.ts'
import type { Liveness } from './liveness.ts'

/** What a look at one device finds. */
export type Finding =
  /** In time. `deadline`: when it is late at the earliest; null: it promised nothing. */
  | { readonly kind: 'fine'; readonly deadline: number | null }
  /** Late, and not announced. */
  | { readonly kind: 'late'; readonly lateAt: number; readonly since: number }
  /** Late since before the first start of the notifier, so it is not announced. */
  | { readonly kind: 'late-before-start' }
  /** Late as announced, and nothing new. */
  | { readonly kind: 'still-late' }
  /** Late as announced, for so long that it is announced again. */
  | { readonly kind: 'silent' }
  /** It reported after the deadline that was announced as missed. */
  | { readonly kind: 'recovered' }

export interface LatenessRules {
  /** Nothing that happened before is announced. */
  readonly firstStart: number
  readonly afterMs: number
  readonly silentMs: number
  readonly remindMs: number | null
}

/** The whole rule of lateness. `outage`: what was announced of the device; null: nothing. */
export function assess(
  device: DeviceSummary,
  outage: Outage | null,
  { touchedAt, upSince }: Liveness,
  { firstStart, afterMs, silentMs, remindMs }: LatenessRules,
): Finding {
  if (outage !== null) {
    if (device.lastSeen >= outage.due) return { kind: 'recovered' }
    const isSilent = touchedAt >= outage.since + nextMessageAfter(outage.messages, silentMs, remindMs)
    return { kind: isSilent ? 'silent' : 'still-late' }
  }
  if (device.lateAfter === null) return { kind: 'fine', deadline: null }
  // The server's own downtime is not the device's: time counts from the server's return.
  const from = Math.max(device.lastSeen, upSince)
  const lateAt = (lateAfter(from, device.interval) ?? 0) + afterMs
  // A report at this very moment would still be in time, as `isLate` has it.
  if (touchedAt <= lateAt) return { kind: 'fine', deadline: lateAt }
  if (device.lateAfter < firstStart) return { kind: 'late-before-start' }
  return { kind: 'late', lateAt, since: Math.max(device.dueAt ?? 0, upSince) }
}

function nextMessageAfter(messages: number, silentMs: number, remindMs: number | null): number {
  if (messages === 0) return silentMs
  return remindMs === null ? Number.POSITIVE_INFINITY : silentMs + messages * remindMs
}
