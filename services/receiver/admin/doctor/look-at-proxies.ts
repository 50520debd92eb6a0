import type { Address } from '@ipupdater/protocol'
import type { Network } from '@ipupdater/runtime'
import { formatNetwork } from '@ipupdater/runtime'
import type { PublishedPort } from '../../published-port.ts'
import { isOnLoopback } from '../../published-port.ts'
import { trustOf } from '../../source/trusted-proxies.ts'
import type { Finding } from './finding.ts'
import { note, ok, wrong } from './finding.ts'

/** Who may say which address a device has? */
export function lookAtProxies(
  proxies: readonly Network[],
  gateways: readonly Address[],
  published: PublishedPort | null,
): Finding[] {
  if (proxies.length === 0) {
    return [ok('proxies', 'none is trusted, which is right as long as devices reach the port without one')]
  }
  const shown = proxies.map(formatNetwork).join(', ')
  if (proxies.some(({ prefix }) => prefix === 0)) {
    return [
      wrong(
        'proxies',
        `TRUSTED_PROXIES=${shown} trusts everyone: anyone can claim any address.`,
        "name the proxy's own address.",
      ),
    ]
  }
  const gateway = gateways.find(trustOf(proxies))
  // Through a port on loopback only the proxy on this machine comes in, and by the gateway.
  if (gateway === undefined || (published && isOnLoopback(published)))
    return [ok('proxies', `trusted: ${shown}`)]
  return [
    note(
      'proxies',
      `TRUSTED_PROXIES=${shown} contains Docker's gateway ${gateway}, and so may any client whose address Docker hides.`,
      'publish the port on loopback only: RECEIVER_PORT=127.0.0.1:8080 in .env',
    ),
  ]
}
