import type { Address, DeviceName, Family } from '@ipupdater/protocol'
import { familyOf, ProtocolError, parseAddress, parseDeviceName } from '@ipupdater/protocol'
import { ClientError, VIEWER } from '../errors.ts'
import type { Answer, Connection } from '../http.ts'
import { viewerRefusal } from './viewer-refusal.ts'

/** An address as the viewer shows it. Only what its proof says is certain. */
export interface AddressEntry {
  device: DeviceName
  family: Family
  address: Address
  firstSeen: number
  lastSeen: number
  /** False if nobody claims that the device has signed it. */
  isSigned: boolean
  proof: unknown
}

/** A time without reports, as the viewer shows it: nothing can be signed. */
export interface OutageEntry {
  device: DeviceName
  from: number
  /** null: still without reports. */
  to: number | null
}

export type HistoryEntry = ({ kind: 'tenure' } & AddressEntry) | ({ kind: 'outage' } & OutageEntry)

/** `GET /getip/DEVICE` as JSON. Throws a ClientError. */
export async function fetchAddresses(
  connection: Connection,
  viewer: URL,
  device: DeviceName,
): Promise<AddressEntry[]> {
  const url = under(viewer, `getip/${device}`)
  const { addresses } = await fetchJson(connection, url)
  return understood(() => listOf(addresses).map(parseShown))
}

export interface HistoryQuery {
  device: DeviceName
  limit: number
  /** Passed on as they are: the viewer parses times. */
  from: string | undefined
  to: string | undefined
  at?: string | undefined
}

/** `GET /history/DEVICE` as JSON, newest first, page after page up to `limit` entries. Throws a ClientError. */
export async function* fetchHistory(
  connection: Connection,
  viewer: URL,
  { device, limit, ...range }: HistoryQuery,
): AsyncGenerator<HistoryEntry> {
  let left = limit
  let url: URL | null = under(viewer, `history/${device}`)
  for (const [name, value] of Object.entries(range))
    if (value !== undefined) url.searchParams.set(name, value)
  url.searchParams.set('limit', String(Math.min(limit, PAGE)))
  while (url !== null && left > 0) {
    const { entries, next } = await fetchJson(connection, url)
    const page = understood(() => listOf(entries).map(parseEntry))
    yield* page.slice(0, left)
    left -= page.length
    url = typeof next === 'string' && page.length > 0 ? sameViewer(next, url) : null
  }
}

/** The entries of saved documents of `/history/DEVICE`, in their order. Throws if they are none, or not all pages. */
export function parseHistory(documents: readonly unknown[]): HistoryEntry[] {
  const pages = documents.map(membersOf)
  if (pages.length === 0 || typeof pages.at(-1)?.next === 'string') throw new SyntaxError('a page is missing')
  return pages.flatMap(({ entries }) => listOf(entries).map(parseEntry))
}

// With their proofs, 50 entries stay well below the largest answer that `http.ts` accepts.
const PAGE = 50

/** Links of the viewer are relative. A link to another server is not followed. */
function sameViewer(link: string, from: URL): URL {
  const url = URL.parse(link, from.href)
  if (url === null) throw strange('its link to the next page is not a URL')
  if (url.origin !== from.origin) throw strange('its next page is on another server')
  return url
}

function under(viewer: URL, path: string): URL {
  const base = new URL(viewer)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return new URL(path, base)
}

type Members = Readonly<Record<string, unknown>>

async function fetchJson(connection: Connection, url: URL): Promise<Members> {
  const answer = await call(connection, url)
  if (answer.status === 200) return understood(() => membersOf(JSON.parse(answer.body.toString())))
  throw viewerRefusal(answer, url)
}

/** User name and password of the URL become HTTP Basic (RFC 7617). */
function call(connection: Connection, from: URL): Promise<Answer> {
  const url = new URL(from)
  url.username = ''
  url.password = ''
  const login = [from.username, from.password].map(decodeURIComponent).join(':')
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`
  const headers = { accept: 'application/json', ...(login === ':' ? {} : { authorization }) }
  return connection.call({ method: 'GET', url, headers })
}

function parseEntry(value: unknown): HistoryEntry {
  const members = membersOf(value)
  if (members.kind === 'tenure') return { kind: 'tenure', ...parseShown(value) }
  if (members.kind !== 'outage') throw new SyntaxError('unknown kind of entry')
  const to = members.to === null ? null : timeOf(members.to)
  return { kind: 'outage', device: parseDeviceName(textOf(members.device)), from: timeOf(members.from), to }
}

function parseShown(value: unknown): AddressEntry {
  const { device, address, firstSeen, lastSeen, signed, proof } = membersOf(value)
  const parsed = parseAddress(textOf(address))
  return {
    device: parseDeviceName(textOf(device)),
    family: familyOf(parsed),
    address: parsed,
    firstSeen: timeOf(firstSeen),
    lastSeen: timeOf(lastSeen),
    isSigned: signed !== false && proof !== undefined && proof !== null,
    proof,
  }
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new SyntaxError('not a list')
  return value
}

function membersOf(value: unknown): Members {
  if (typeof value !== 'object' || value === null) throw new SyntaxError('not an object')
  return { ...value }
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new SyntaxError('not a text')
  return value
}

function timeOf(value: unknown): number {
  const isTime = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LATEST_TIME
  if (!isTime) throw new SyntaxError('not a time')
  return value
}

/** The last millisecond with a year of four digits. */
const LATEST_TIME = Date.UTC(10_000, 0) - 1

function understood<T>(parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof ProtocolError)
      throw strange('its JSON has another form', cause)
    throw cause
  }
}

function strange(detail: string, cause?: unknown): ClientError {
  return new ClientError('not-our-viewer', { detail, cause, service: VIEWER })
}
