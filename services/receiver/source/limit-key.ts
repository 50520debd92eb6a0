import type { Address } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import type { Source } from './client-address.ts'

/**
 * What limits count by: the prefix that one customer usually has, an IPv4 address or an IPv6 /64. Sources that
 * a proxy leaves unclear share one key: they are all refused, so nobody loses by it.
 */
export function limitKey(source: Source): string {
  return 'unclear' in source ? 'unclear' : prefixOf(source.address)
}

function prefixOf(address: Address): string {
  if (familyOf(address) === 4) return address
  const [head = '', tail] = address.split('::')
  const left = groupsOf(head)
  const right = groupsOf(tail ?? '')
  const zeros = new Array<string>(8 - left.length - right.length).fill('0')
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
