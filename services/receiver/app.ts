import type { DeviceName } from '@ipupdater/protocol'
import { encodeObservedAddress, encodeReceipt } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import type { Store } from '@ipupdater/storage'
import { createApp, healthRoutes } from '@ipupdater/web'
import Router from '@koa/router'
import type Koa from 'koa'
import type { DynDns2Deps } from './dyndns2/add-routes.ts'
import { addDynDns2Routes } from './dyndns2/add-routes.ts'
import { answerIp } from './exchange/answer-ip.ts'
import { readUpdate } from './exchange/read-update.ts'
import type { Answer, ExchangeRouteDeps } from './exchange/route.ts'
import { exchangeRoute } from './exchange/route.ts'
import { frontPage } from './front-page.ts'
import type { Events } from './report/events.ts'
import type { RecordReportDeps } from './report/record-report.ts'
import { recordReport } from './report/record-report.ts'
import { storageProblem } from './report/storage-problem.ts'
import type { RateLimits } from './source/rate-limits.ts'

export interface ReceiverDeps extends RecordReportDeps, ExchangeRouteDeps {
  readonly limits: RateLimits
  readonly store: Pick<Store, 'commit' | 'checkWritable'>
  readonly events: Events
  /** An update signed with the newest of two secrets was accepted. */
  readonly endRotation: (device: DeviceName) => void
  /** Null: routers cannot report, and their routes do not exist. */
  readonly dyndns2: Pick<
    DynDns2Deps,
    'cameOverTls' | 'allowPlaintext' | 'findPasswordDevice' | 'limits'
  > | null
  readonly log: Log
  readonly stop: AbortSignal
}

/** The whole HTTP surface of the receiver. */
export function createReceiver(deps: ReceiverDeps): Koa {
  const { store, endRotation, dyndns2, log, stop, now } = deps

  const ip: Answer = (device, source) => encodeObservedAddress(answerIp(device, source, deps))
  const update: Answer = async (device, source) => {
    const receipt = await recordReport(readUpdate(device, now()), source, deps)
    if (device.endsRotation) endRotation(device.request.device)
    return encodeReceipt(receipt)
  }
  const router = new Router()
  if (dyndns2 !== null) addDynDns2Routes(router, { ...deps, ...dyndns2 })
  router.post('/ip', exchangeRoute('ipupdater-ip', ip, deps))
  router.post('/update', exchangeRoute('ipupdater-update', update, deps))

  const app = createApp({ log })
  app.use(healthRoutes({ check: () => checkWritable(store), stop }))
  app.use(frontPage)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}

async function checkWritable(store: Pick<Store, 'checkWritable'>): Promise<void> {
  try {
    await store.checkWritable()
  } catch (error) {
    throw storageProblem(error)
  }
}
