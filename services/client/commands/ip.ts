import type { Context, ExitCode } from '../context.ts'
import { outcomePrinter } from '../output.ts'
import type { Observed } from '../report/exchange.ts'
import { ask, isLost } from '../report/exchange.ts'
import { exitCodeOf } from '../report/outcome.ts'
import { reachAll } from '../report/reach-all.ts'
import { targetsOf } from '../report/targets.ts'
import { readReportSettings, reportSettings } from '../settings/report-settings.ts'

/** Prints the address that every server observes, and reports nothing. */
export async function ip(context: Context): Promise<ExitCode> {
  const settings = readReportSettings(context, reportSettings)
  const outcomes = await reachAll<Observed>(
    targetsOf(settings),
    (peer, policy) => policy.retry(isLost, () => ask(peer)),
    {
      ...context,
      ...settings,
      until: context.now() + settings.retrySeconds * 1000,
      onOutcome: outcomePrinter(context, ({ address }) => address),
    },
  )
  return exitCodeOf(outcomes)
}
