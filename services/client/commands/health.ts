import { readSettings } from '@ipupdater/runtime'
import { clientSettings } from '../settings.ts'
import { healthOf, readStatus, statusPathOf } from '../status.ts'
import type { ExitCode, World } from '../world.ts'

/** Whether `ipupdater run`, in another process on this machine, has made its last due report. */
export async function health(world: World): Promise<ExitCode> {
  const path = statusPathOf(readSettings(world.env, clientSettings))
  const { isHealthy, message } = healthOf(readStatus(path), world.now())
  world.print(message)
  return isHealthy ? 0 : 1
}
