import type Router from '@koa/router'
import type { RecordAddressesDeps } from './record-addresses.ts'
import { recordAddresses } from './record-addresses.ts'
import type { DynDns2RouteDeps } from './route.ts'
import { dynDns2Route } from './route.ts'

export interface DynDns2Deps
  extends RecordAddressesDeps,
    Omit<DynDns2RouteDeps, 'record' | 'limits' | 'events'> {
  /** Of its own: what happens here takes nothing from devices that sign. */
  readonly limits: RecordAddressesDeps['limits'] & DynDns2RouteDeps['limits']
  readonly events: RecordAddressesDeps['events'] & DynDns2RouteDeps['events']
}

/** To be added before the signed protocol's routes: `POST /update` is dyndns2 only if there is a `hostname`. */
export function addDynDns2Routes(router: Router, deps: DynDns2Deps): void {
  const update = dynDns2Route({ ...deps, record: recordAddresses(deps) })
  for (const path of ['/nic/update', '/v3/update']) {
    router.get(path, update)
    router.post(path, update)
  }
  router.get('/update', (ctx, next) => (ctx.query.hostname === undefined ? next() : update(ctx, next)))
  router.post('/update', (ctx, next) => (ctx.query.hostname === undefined ? next() : update(ctx, next)))
}
