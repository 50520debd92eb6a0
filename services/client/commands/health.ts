import { readSettings } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { healthOf, readStatus, statusPathOf } from '../schedule/status.ts'
import { clientSettings } from '../settings/client-settings.ts'

/** Whether `ipupdater run`, in another process on this machine, has made its last due report. */
export async function health(context: Context): Promise<ExitCode> {
  const path = statusPathOf(readSettings(context.env, clientSettings))
  const { isHealthy, message } = healthOf(readStatus(path), context.now())
  context.stdout(message)
  return isHealthy ? 0 : 1
}
