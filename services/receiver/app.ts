import type { DeviceName } from '@ipupdater/protocol'
import { encodeReceipt, encodeSighting } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import type { Store } from '@ipupdater/storage'
import { createApp, healthRoutes } from '@ipupdater/web'
import Router from '@koa/router'
import type Koa from 'koa'
import type { AcceptUpdateDeps } from './accept-update.ts'
import { acceptUpdate } from './accept-update.ts'
import { answerIp } from './answer-ip.ts'
import type { ExchangeRouteDeps } from './exchange-route.ts'
import { exchangeRoute } from './exchange-route.ts'

export interface ReceiverDeps extends AcceptUpdateDeps, ExchangeRouteDeps {
  readonly limits: ExchangeRouteDeps['limits']
  readonly store: Pick<Store, 'commit' | 'checkWritable'>
  /** An update signed with the newest of two secrets was accepted. */
  readonly endRotation: (device: DeviceName) => void
  readonly log: Log
  readonly stop: AbortSignal
}

/** The whole HTTP surface of the receiver. */
export function createReceiver(deps: ReceiverDeps): Koa {
  const { journal, store, endRotation, log, stop, now } = deps
  const router = new Router()

  router.post(
    '/ip',
    exchangeRoute('ipupdater-ip', caller => encodeSighting(answerIp(caller, deps)), deps),
  )
  router.post(
    '/update',
    exchangeRoute(
      'ipupdater-update',
      async caller => {
        const receipt = await acceptUpdate(caller, deps)
        journal.accepted(caller.request.device, receipt)
        if (caller.endsRotation) endRotation(caller.request.device)
        return encodeReceipt(receipt)
      },
      deps,
    ),
  )

  const checks = {
    storage: () => store.checkWritable().then(() => 'writable'),
    // A fact, not a fault: that no device reports does not make the receiver unable to listen.
    secondsSinceUpdate: async () => secondsSince(journal.acceptedAt(), now()),
    maskedSources: async () => journal.maskedSources(),
  }
  const app = createApp({ log })
  app.use(healthRoutes({ checks, stop }))
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}

function secondsSince(time: number | null, now: number): number | 'none since the start' {
  return time === null ? 'none since the start' : Math.floor((now - time) / 1000)
}
