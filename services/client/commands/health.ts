import { readSettings } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import type { Health } from '../schedule/status.ts'
import { healthOf, readStatus, statusPathOf } from '../schedule/status.ts'
import type { ClientSettings } from '../settings/client-settings.ts'
import { clientSettings } from '../settings/client-settings.ts'

/** Tells whether the last due report of `ipupdater run`, another process on this machine, succeeded. */
export async function health(context: Context): Promise<ExitCode> {
  const settings = readSettings(context.env, clientSettings, undefined, context.flags)
  const { isHealthy, message } = healthAt(statusPathOf(settings), settings, context.now())
  context.stdout(context.json ? JSON.stringify({ healthy: isHealthy, message }) : message)
  return isHealthy ? 0 : 1
}

function healthAt(path: string, { servers }: ClientSettings, now: number): Health {
  const status = readStatus(path)
  if (typeof status === 'string') return { isHealthy: false, message: status }
  const asked = (servers ?? []).flatMap(server => (typeof server === 'string' ? [] : [server.href]))
  const missing = asked.filter(server => !status.servers.includes(server))
  if (missing.length > 0) {
    const message = `Process ${status.process.pid} of \`ipupdater run\` reports to ${status.servers.join(' and ')}, not to ${missing.join(' and ')}.`
    return { isHealthy: false, message }
  }
  return healthOf(status, now)
}
