import type { Address } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'

/** What limits count by: the prefix that one customer usually has, which is an IPv4 address or an IPv6 /64. */
export function limitPrefix(address: Address): string {
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
