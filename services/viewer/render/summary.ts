import type { State } from '../device/state.ts'
import { needsALook } from '../device/state.ts'

export interface Summarized {
  readonly device: string
  readonly state: State
}

/** All devices in one line: `3 of 4 devices need a look`. */
export function summary(devices: readonly Summarized[]): string {
  const [first, second] = devices
  if (first !== undefined && second === undefined) return `${first.device} ${predicate(first.state)}`
  const all = devices.length
  const waiting = devices.filter(({ state }) => needsALook(state)).length
  if (waiting > 0) return `${waiting} of ${all} devices ${waiting === 1 ? 'needs' : 'need'} a look`
  const byHand = devices.filter(({ state }) => state === 'by-hand').length
  if (byHand === all) return `All ${all} devices report by hand`
  if (byHand > 0) return `${all - byHand} of ${all} devices are up to date, ${byHand} by hand`
  return `All ${all} devices are up to date`
}

function predicate(state: State): string {
  if (needsALook(state)) return 'needs a look'
  return state === 'by-hand' ? 'reports by hand' : 'is up to date'
}

/** The title of a browser tab: `(3) 4 devices`, with the number of those that need a look. */
export function tabTitle(devices: readonly Summarized[]): string {
  const waiting = devices.filter(({ state }) => needsALook(state)).length
  const devicesText = devices.length === 1 ? '1 device' : `${devices.length} devices`
  return waiting > 0 ? `(${waiting}) ${devicesText}` : devicesText
}
