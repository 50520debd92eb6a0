import { BlockList, isIP } from 'node:net'

/** A CIDR block; a single address is a block of one. */
export interface Network {
  readonly address: string
  readonly prefix: number
  readonly family: 4 | 6
}

/** Reads "10.0.0.0/8", "fd00::/8" or a bare address. Throws a RangeError for anything else. */
export function parseNetwork(text: string): Network {
  const [, address = '', digits] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? []
  const family = isIP(address)
  const bits = family === 4 ? 32 : 128
  const prefix = digits === undefined ? bits : Number(digits)
  if ((family !== 4 && family !== 6) || prefix > bits) throw new RangeError('not a network')
  return { address, prefix, family }
}

export function formatNetwork({ address, prefix, family }: Network): string {
  return prefix === (family === 4 ? 32 : 128) ? address : `${address}/${prefix}`
}

/** The form that answers "is this address in one of them?". */
export function blockListOf(networks: readonly Network[]): BlockList {
  const list = new BlockList()
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, `ipv${family}`)
  return list
}
