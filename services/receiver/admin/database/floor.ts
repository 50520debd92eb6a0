import { timeText } from '@ipupdater/runtime'
import type { AdminContext, Answer } from '../context.ts'
import { withStore } from '../device/with-store.ts'

/**
 * `floor`: after a database was recovered to an earlier state by other means than `restore`. Messages that were
 * acknowledged after that state are unknown to it, and must not count a second time.
 */
export async function raiseFloor({ settings, now }: AdminContext): Promise<Answer> {
  const floor = now()
  await withStore(settings, store => store.raiseFloor(floor))
  return {
    data: { floor },
    lines: [`Messages from before ${timeText(floor)} are refused: devices report again at their next turn.`],
  }
}
