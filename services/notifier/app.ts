import { ProtocolError } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import { createApp, healthRoutes } from '@ipupdater/web'
import type Koa from 'koa'

export interface AppDeps {
  /** Why the addresses cannot be followed, as a code; null: they can. */
  readonly followFault: () => string | null
  readonly log: Log
  readonly stop: AbortSignal
}

/**
 * `/healthz` and `/readyz`. Ready means that the addresses can be followed and events be stored. A channel that fails is
 * shown by `list`, the log and the metrics; it is no reason to restart the notifier.
 */
export function createHealthApp({ followFault, log, stop }: AppDeps): Koa {
  const app = createApp({ log })
  async function check(): Promise<void> {
    const code = followFault()
    if (code !== null)
      throw new ProtocolError('storage-unavailable', `the addresses cannot be followed: ${code}`)
  }
  app.use(healthRoutes({ check, stop }))
  return app
}
