import type { Address, FieldLines } from '@ipupdater/protocol'
import { parseAddress, quote } from '@ipupdater/protocol'
import { peerAddress } from '@ipupdater/web'
import parseForwarded from 'forwarded-parse'

/** Where a request comes from: an address, or why none can be told. */
export type Source = { readonly address: Address } | { readonly unclear: string }

/**
 * The address a request comes from.
 *
 * X-Forwarded-For and Forwarded (RFC 7239) count only when the connection itself comes from a trusted proxy.
 * Each is walked from the right, the end that the nearest proxy wrote, through trusted proxies; the first
 * address that is not one of them is the source. What stands left of it anyone may have written, so it is
 * never looked at.
 */
export function readSource(
  peer: string | undefined,
  headers: FieldLines,
  isTrusted: (address: Address) => boolean,
): Source {
  const nearest = peerAddress(peer)
  if (nearest === null) return { unclear: 'the connection was closed before its address could be read' }
  if (!isTrusted(nearest)) return { address: nearest }

  const lists = [xForwardedFor(headers['x-forwarded-for']), forwarded(headers.forwarded)]
  const sources = lists.filter(list => list !== null).map(list => walk(list, nearest, isTrusted))
  const [first = { address: nearest }, second = first] = sources
  if ('unclear' in first) return first
  if ('unclear' in second) return second
  // A proxy that writes only one of the two headers hands the caller's own version of the other through.
  if (first.address !== second.address) {
    return { unclear: `X-Forwarded-For leads to ${first.address} and Forwarded to ${second.address}` }
  }
  return first
}

/** The nodes that a header names, left to right, or why it cannot be read; null where there is no header. */
type Nodes = { header: string; nodes: readonly string[] } | { unclear: string } | null

function walk(list: NonNullable<Nodes>, nearest: Address, isTrusted: (address: Address) => boolean): Source {
  if ('unclear' in list) return list
  let source = nearest
  for (const node of list.nodes.toReversed()) {
    const address = parseNode(node)
    if (address === null) return { unclear: `${list.header} names ${quote(node)} where an address is wanted` }
    source = address
    if (!isTrusted(address)) break
  }
  return { address: source }
}

function xForwardedFor(lines: FieldLines[string]): Nodes {
  if (lines === undefined) return null
  const nodes = joined(lines)
    .split(',')
    .map(node => node.trim())
  return { header: 'X-Forwarded-For', nodes }
}

function forwarded(lines: FieldLines[string]): Nodes {
  if (lines === undefined) return null
  const text = joined(lines)
  const elements = parseOrNull(() => parseForwarded(text))
  if (elements === null) return { unclear: `Forwarded is not in the form of RFC 7239: ${quote(text)}` }
  // The parser lets the last of two `for` in one element win; RFC 7239 section 4 allows only one.
  const named = elements.filter(element => element.for !== undefined).length
  if ([...text.matchAll(/(?:^|[;,\s])for=/gi)].length !== named) {
    return { unclear: `Forwarded names more than one "for" in one element: ${quote(text)}` }
  }
  return { header: 'Forwarded', nodes: elements.map(element => element.for ?? '') }
}

// An address alone, or with a port; IPv6 stands in brackets where a port may follow. RFC 7239 section 6 also
// knows "unknown" and obfuscated names such as "_hidden": these are no addresses. Its ports may be obfuscated.
const nodePattern = /^(?:\[([\da-f:.]+)\](?::[\w.-]+)?|([\d.]+):[\w.-]+|([\da-f:.]+))$/i

function parseNode(node: string): Address | null {
  const match = nodePattern.exec(node)
  const text = match?.[1] ?? match?.[2] ?? match?.[3] ?? ''
  return parseOrNull(() => parseAddress(text))
}

function parseOrNull<T>(parse: () => T): T | null {
  try {
    return parse()
  } catch {
    return null
  }
}

function joined(lines: string | readonly string[]): string {
  return typeof lines === 'string' ? lines : lines.join(', ')
}
