import type { CurrentAddress } from '@ipupdater/storage'
import { isContested } from '@ipupdater/storage'

/** What is to be said of an address beside the address. */
export type State = 'late' | 'contested'

/** Empty where all is well, or where the device promises no reports and so cannot miss one. */
export function statesOf({ lateAfter, flippedAt }: CurrentAddress, now: number): State[] {
  const states: State[] = []
  if (lateAfter !== null && now > lateAfter) states.push('late')
  if (isContested(flippedAt, now)) states.push('contested')
  return states
}
