import type { Address, FieldLines } from '@ipupdater/protocol'
import { parseAddress, quote } from '@ipupdater/protocol'
import { peerAddress } from '@ipupdater/web'
import parseForwarded from 'forwarded-parse'

/**
 * Where a request comes from: an address, or why it is not known. `ignored` names a forwarding header of the
 * request that does not count, because the connection does not come from a trusted proxy.
 */
export type Source =
  | { readonly address: Address; readonly ignored?: HeaderName }
  | { readonly unclear: string }

export type HeaderName = 'X-Forwarded-For' | 'Forwarded'

/**
 * The address a request comes from.
 *
 * X-Forwarded-For and Forwarded (RFC 7239) count only if the connection itself comes from a trusted proxy. Then
 * one of them must be there. Each is read from the right, the end that the nearest proxy wrote, through trusted
 * proxies; the first address that is not one of them is the source. Anyone may have written the
 * addresses to the left of it, so they are never read.
 */
export function readSource(
  peer: string | undefined,
  headers: FieldLines,
  isTrusted: (address: Address) => boolean,
): Source {
  const nearest = peerAddress(peer)
  if (nearest === null) return { unclear: 'the connection was closed before its address could be read' }
  if (!isTrusted(nearest)) return { address: nearest, ...ignoredHeader(headers) }

  const lists = [xForwardedFor(headers['x-forwarded-for']), forwarded(headers.forwarded)]
  const [first, second = first] = lists.filter(list => list !== null).map(list => walk(list, isTrusted))
  if (first === undefined || second === undefined) {
    return { unclear: `the trusted proxy ${nearest} sent neither X-Forwarded-For nor Forwarded` }
  }
  if ('unclear' in first) return first
  if ('unclear' in second) return second
  // A proxy that writes only one of the two headers passes on the client's own version of the other.
  if (first.address !== second.address) {
    return {
      unclear: `the proxies disagree: X-Forwarded-For names ${first.address}, Forwarded ${second.address}`,
    }
  }
  return first
}

function ignoredHeader(headers: FieldLines): { ignored?: HeaderName } {
  if (headers['x-forwarded-for'] !== undefined) return { ignored: 'X-Forwarded-For' }
  return headers.forwarded === undefined ? {} : { ignored: 'Forwarded' }
}

/** The nodes that a header names, left to right, at least one, or why it cannot be read; null if it names none. */
type Nodes = { header: HeaderName; nodes: readonly string[] } | { unclear: string } | null

function walk(list: NonNullable<Nodes>, isTrusted: (address: Address) => boolean): Source {
  if ('unclear' in list) return list
  let leftmost: Source = { unclear: `${list.header} is empty` }
  for (const node of list.nodes.toReversed()) {
    const address = parseNode(node)
    if (address === null) return { unclear: `${list.header} names ${quote(node)}, which is not an address` }
    leftmost = { address }
    if (!isTrusted(address)) break
  }
  return leftmost
}

function xForwardedFor(lines: FieldLines[string]): Nodes {
  // RFC 9110 §5.6.1.2: empty elements of a list are ignored.
  const nodes = joined(lines)
    .split(',')
    .map(node => node.trim())
    .filter(node => node !== '')
  return nodes.length === 0 ? null : { header: 'X-Forwarded-For', nodes }
}

function forwarded(lines: FieldLines[string]): Nodes {
  const text = joined(lines).replace(/^[\s,]+|[\s,]+$/g, '')
  if (text === '') return null
  const elements = parseOrNull(() => parseForwarded(text))
  if (elements === null) return { unclear: `Forwarded does not have the form of RFC 7239: ${quote(text)}` }
  // The parser takes the last of two `for` in one element; RFC 7239 §4 allows only one.
  const named = elements.filter(element => element.for !== undefined).length
  if ([...text.matchAll(/(?:^|[;,\s])for=/gi)].length !== named) {
    return { unclear: `Forwarded has more than one "for" in one element: ${quote(text)}` }
  }
  if (named === 0) return null
  return { header: 'Forwarded', nodes: elements.map(element => element.for ?? '') }
}

// An address, alone or with a port; IPv6 is in brackets if a port may follow. RFC 7239 §6 also allows "unknown" and
// obfuscated names such as "_hidden", which are not addresses, and obfuscated ports.
const NODE = /^(?:\[([\da-f:.]+)\](?::[\w.-]+)?|([\d.]+):[\w.-]+|([\da-f:.]+))$/i

function parseNode(node: string): Address | null {
  const match = NODE.exec(node)
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

function joined(lines: FieldLines[string]): string {
  return typeof lines === 'object' ? lines.join(', ') : (lines ?? '')
}

/** For the log. */
export function sourceText(source: Source): string {
  return 'unclear' in source ? 'unclear' : source.address
}
