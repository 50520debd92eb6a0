import { familyName } from '@ipupdater/protocol'
import { durationText } from '@ipupdater/runtime'
import type { Context } from './context.ts'
import { clockWarning } from './report/clock.ts'
import type { Done, Outcome } from './report/outcome.ts'

/** Prints the outcomes of a one-shot command: as JSON lines, or for people as `sentence` and warnings. */
export function outcomePrinter<T extends { clockSkewMs: number }>(
  context: Pick<Context, 'stdout' | 'stderr' | 'json'>,
  sentence: (done: Done<T>) => string,
): (outcome: Outcome<T>) => void {
  if (context.json) return outcome => context.stdout(JSON.stringify(outcome))
  return textPrinter(context, sentence)
}

/** Successes go to stdout, everything else to stderr. */
function textPrinter<T extends { clockSkewMs: number }>(
  { stdout, stderr }: Pick<Context, 'stdout' | 'stderr'>,
  sentence: (done: Done<T>) => string,
): (outcome: Outcome<T>) => void {
  const printed = new Set<string>()
  // Most attempts end as the previous one did, and every family and server reports the same clock.
  const printOnce = (key: string, line: string) => {
    if (printed.has(key)) return
    printed.add(key)
    stderr(line)
  }
  return outcome => {
    const where = `${outcome.server} by ${familyName(outcome.family)}`
    switch (outcome.outcome) {
      case 'done': {
        stdout(sentence(outcome))
        const warning = clockWarning(outcome.clockSkewMs)
        if (warning !== null) printOnce('clock', `${warning}.`)
        break
      }
      case 'waiting':
        printOnce(
          `${outcome.server} waits ${outcome.code}`,
          `${where}: ${outcome.message} Trying again in ${durationText(outcome.retryInMs)}.`,
        )
        break
      case 'failed':
        if (printed.has(`${outcome.server} waits ${outcome.code}`)) stderr(`${where}: no success in time.`)
        else printOnce(`${outcome.server} failed ${outcome.code}`, `${where}: ${outcome.message}`)
        break
      case 'absent':
    }
  }
}
