import { readSettings } from '@ipupdater/runtime'
import type { Reported } from '../exchange.ts'
import { exchange } from '../exchange.ts'
import { narrator } from '../narrator.ts'
import { reachAll } from '../reach.ts'
import { reportSettings, withServer } from '../settings.ts'
import { targetFaults, targetsOf } from '../targets.ts'
import type { Done } from '../verdict.ts'
import { exitCodeOf } from '../verdict.ts'
import type { ExitCode, World } from '../world.ts'

/** Reports our address once, to every server. With `json`, a line for each verdict when it falls. */
export async function update({ json }: { json: boolean }, world: World): Promise<ExitCode> {
  const settings = readSettings(world.env, withServer(reportSettings, world.env), targetFaults)
  const interval = settings.intervalSeconds ?? undefined
  const verdicts = await reachAll<Reported>(
    targetsOf(settings),
    (peer, patience) => exchange(peer, interval, patience),
    {
      ...world,
      ...settings,
      until: world.now() + settings.retrySeconds * 1000,
      onVerdict: json ? verdict => world.print(JSON.stringify(verdict)) : narrator(world, sentence),
    },
  )
  return exitCodeOf(verdicts)
}

function sentence({ result, address, server }: Done<Reported>): string {
  return result === 'new' ? `${address} is new at ${server}` : `${address} is confirmed at ${server}`
}
