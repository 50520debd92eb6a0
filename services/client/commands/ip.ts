import { readSettings } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { outcomePrinter } from '../output.ts'
import type { Observed } from '../report/exchange.ts'
import { ask, isLost } from '../report/exchange.ts'
import { exitCodeOf } from '../report/outcome.ts'
import { reachAll } from '../report/reach-all.ts'
import { targetFaults, targetsOf } from '../report/targets.ts'
import { reportSettings, withServer } from '../settings/client-settings.ts'

/** Asks every server which address it sees, and reports nothing. */
export async function ip({ json }: { json: boolean }, context: Context): Promise<ExitCode> {
  const settings = readSettings(context.env, withServer(reportSettings, context.env), targetFaults)
  const outcomes = await reachAll<Observed>(
    targetsOf(settings),
    (peer, policy) => policy.retry(isLost, () => ask(peer)),
    {
      ...context,
      ...settings,
      until: context.now() + settings.retrySeconds * 1000,
      onOutcome: json
        ? outcome => context.stdout(JSON.stringify(outcome))
        : outcomePrinter(context, ({ address }) => address),
    },
  )
  return exitCodeOf(outcomes)
}
