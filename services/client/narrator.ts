import { familyName } from '@ipupdater/protocol'
import { durationText } from '@ipupdater/runtime'
import { clockWarning } from './clock.ts'
import type { Done, Verdict } from './verdict.ts'
import type { World } from './world.ts'

/** Tells the verdicts of a one-shot command to a person: what is done on stdout, what is not on stderr. */
export function narrator<T extends { clockSkewMs: number }>(
  { print, tell }: Pick<World, 'print' | 'tell'>,
  sentence: (done: Done<T>) => string,
): (verdict: Verdict<T>) => void {
  const told = new Set<string>()
  // Mostly each try ends as the one before, and two families or servers tell the same of the clock.
  const tellOnce = (key: string, line: string) => {
    if (told.has(key)) return
    told.add(key)
    tell(line)
  }
  return verdict => {
    const where = `${verdict.server} by ${familyName(verdict.family)}`
    switch (verdict.outcome) {
      case 'done': {
        print(sentence(verdict))
        const warning = clockWarning(verdict.clockSkewMs)
        if (warning !== null) tellOnce('clock', `${warning}.`)
        break
      }
      case 'waiting':
        tellOnce(
          `${verdict.server} waits ${verdict.code}`,
          `${where}: ${verdict.message} Trying again in ${durationText(verdict.retryInMs)}.`,
        )
        break
      case 'failed':
        if (told.has(`${verdict.server} waits ${verdict.code}`)) tell(`${where}: given up for now.`)
        else tellOnce(`${verdict.server} failed ${verdict.code}`, `${where}: ${verdict.message}`)
        break
      case 'absent':
    }
  }
}
