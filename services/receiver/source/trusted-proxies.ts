import type { Address } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import type { Network } from '@ipupdater/runtime'
import { blockListOf } from '@ipupdater/runtime'

/** Whether an address belongs to a proxy whose X-Forwarded-For and Forwarded count. */
export function trustOf(proxies: readonly Network[]): (address: Address) => boolean {
  if (proxies.length === 0) return () => false
  const list = blockListOf(proxies)
  return address => list.check(address, familyOf(address) === 4 ? 'ipv4' : 'ipv6')
}
