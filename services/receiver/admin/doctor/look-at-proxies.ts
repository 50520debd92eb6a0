import type { Address } from '@ipupdater/protocol'
import type { Network } from '@ipupdater/runtime'
import { formatNetwork } from '@ipupdater/runtime'
import { trustOf } from '../../source/trusted-proxies.ts'
import type { Finding } from './finding.ts'
import { note, ok, wrong } from './finding.ts'

/** Whose word on the devices' addresses is taken? */
export function lookAtProxies(proxies: readonly Network[], gateways: readonly Address[]): Finding[] {
  if (proxies.length === 0) {
    return [ok('proxies', 'none is trusted, which is right while devices reach the port without one')]
  }
  const shown = proxies.map(formatNetwork).join(', ')
  if (proxies.some(({ prefix }) => prefix === 0)) {
    return [
      wrong(
        'proxies',
        `TRUSTED_PROXIES=${shown} trusts everybody: anyone can claim any address.`,
        "name the proxy's own address.",
      ),
    ]
  }
  const gateway = gateways.find(trustOf(proxies))
  if (gateway === undefined) return [ok('proxies', `trusted: ${shown}`)]
  return [
    note(
      'proxies',
      `TRUSTED_PROXIES=${shown} holds Docker's gateway ${gateway}, which a stranger whom Docker masks looks like too.`,
      'publish the port on loopback alone: "127.0.0.1:8080:8080" under ports: in docker-compose.yml',
    ),
  ]
}
