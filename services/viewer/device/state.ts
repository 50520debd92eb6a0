import type { CurrentAddress } from '@ipupdater/storage'
import { isContested } from '@ipupdater/storage'

/** What can be said about a device, the most urgent state first. */
export const STATES = ['silent', 'late', 'contested', 'by-hand', 'up-to-date'] as const

export type State = (typeof STATES)[number]

/** A late device counts as silent after this time without a report. */
const SILENT_MS = 86_400_000

/**
 * Every state that holds, the most urgent one first, at least one. `addresses` are those of one device, in all
 * families: whether a device is late is a fact about the device, not about one of its addresses.
 */
export function statesOf(
  addresses: readonly [CurrentAddress, ...CurrentAddress[]],
  now: number,
): readonly [State, ...State[]] {
  const states: State[] = []
  const [first] = addresses
  if (isLate(first, now)) states.push(now - first.reportedAt > SILENT_MS ? 'silent' : 'late')
  if (addresses.some(({ flippedAt }) => isContested(flippedAt, now))) states.push('contested')
  const [urgent, ...others] = states
  if (urgent !== undefined) return [urgent, ...others]
  return [first.interval === null ? 'by-hand' : 'up-to-date']
}

/** The device promised a report and did not send it. A device that promises none is never late. */
export function isLate({ lateAfter }: Pick<CurrentAddress, 'lateAfter'>, now: number): boolean {
  return lateAfter !== null && now > lateAfter
}

/** Whether a person should look at a device in this state. */
export function needsALook(state: State): boolean {
  return state !== 'up-to-date' && state !== 'by-hand'
}

/** The most urgent one first. */
export function byUrgency(a: State, b: State): number {
  return STATES.indexOf(a) - STATES.indexOf(b)
}
