import type { Context, ExitCode } from '../context.ts'
import { outcomePrinter } from '../output.ts'
import type { Reported } from '../report/exchange.ts'
import { exchange } from '../report/exchange.ts'
import type { Done } from '../report/outcome.ts'
import { exitCodeOf } from '../report/outcome.ts'
import { reachAll } from '../report/reach-all.ts'
import { targetsOf } from '../report/targets.ts'
import { readReportSettings, reportSettings } from '../settings/report-settings.ts'

/** Reports the address once, to every server. */
export async function update(context: Context): Promise<ExitCode> {
  const settings = readReportSettings(context, reportSettings)
  const interval = settings.intervalSeconds ?? undefined
  const outcomes = await reachAll<Reported>(
    targetsOf(settings),
    (peer, policy) => exchange(peer, interval, policy),
    {
      ...context,
      ...settings,
      until: context.now() + settings.retrySeconds * 1000,
      onOutcome: outcomePrinter(context, sentence),
    },
  )
  return exitCodeOf(outcomes)
}

function sentence({ result, address, server }: Done<Reported>): string {
  return result === 'new' ? `${address} is new at ${server}` : `${address} is confirmed at ${server}`
}
