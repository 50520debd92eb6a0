import { readSettings } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { outcomePrinter } from '../output.ts'
import type { Reported } from '../report/exchange.ts'
import { exchange } from '../report/exchange.ts'
import type { Done } from '../report/outcome.ts'
import { exitCodeOf } from '../report/outcome.ts'
import { reachAll } from '../report/reach-all.ts'
import { targetFaults, targetsOf } from '../report/targets.ts'
import { reportSettings, withServer } from '../settings/client-settings.ts'

/** Reports our address once, to every server. With `json`, a line for each outcome when it falls. */
export async function update({ json }: { json: boolean }, context: Context): Promise<ExitCode> {
  const settings = readSettings(context.env, withServer(reportSettings, context.env), targetFaults)
  const interval = settings.intervalSeconds ?? undefined
  const outcomes = await reachAll<Reported>(
    targetsOf(settings),
    (peer, policy) => exchange(peer, interval, policy),
    {
      ...context,
      ...settings,
      until: context.now() + settings.retrySeconds * 1000,
      onOutcome: json
        ? outcome => context.stdout(JSON.stringify(outcome))
        : outcomePrinter(context, sentence),
    },
  )
  return exitCodeOf(outcomes)
}

function sentence({ result, address, server }: Done<Reported>): string {
  return result === 'new' ? `${address} is new at ${server}` : `${address} is confirmed at ${server}`
}
