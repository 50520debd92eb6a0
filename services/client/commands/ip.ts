import { readSettings } from '@ipupdater/runtime'
import type { Sighted } from '../exchange.ts'
import { ask, isLost } from '../exchange.ts'
import { narrator } from '../narrator.ts'
import { reachAll } from '../reach.ts'
import { reportSettings, withServer } from '../settings.ts'
import { targetFaults, targetsOf } from '../targets.ts'
import { exitCodeOf } from '../verdict.ts'
import type { ExitCode, World } from '../world.ts'

/** Asks every server which address it sees, and reports nothing. */
export async function ip({ json }: { json: boolean }, world: World): Promise<ExitCode> {
  const settings = readSettings(world.env, withServer(reportSettings, world.env), targetFaults)
  const verdicts = await reachAll<Sighted>(
    targetsOf(settings),
    (peer, patience) => patience.retry(isLost, () => ask(peer)),
    {
      ...world,
      ...settings,
      until: world.now() + settings.retrySeconds * 1000,
      onVerdict: json
        ? verdict => world.print(JSON.stringify(verdict))
        : narrator(world, ({ address }) => address),
    },
  )
  return exitCodeOf(verdicts)
}
