import { ProtocolError } from '@ipupdater/protocol'
import type { HistoryQuery } from '@ipupdater/storage'
import { deviceNamed } from './device-named.ts'
import { cursor, family, instant, kind, limit, start } from './parameters.ts'
import { parseQuery } from './query.ts'
import type { ResourceRequest } from './resource.ts'

/** What a request asks of the history. */
export interface AskedHistory {
  readonly query: Omit<HistoryQuery, 'limit'>
  readonly limit: number | null
  /** The number of the first entry on the page. */
  readonly start: number
  /** A moment, in place of a period. */
  readonly at: number | null
}

/** @throws ProtocolError `bad-query`, `unknown-device` */
export function parseHistoryQuery({ device, query, time, now }: ResourceRequest): AskedHistory {
  const {
    limit: rows = null,
    start: first = 1,
    at = null,
    ...asked
  } = parseQuery(query, {
    from: instant(time),
    to: instant(time),
    at: instant(time),
    kind,
    family,
    limit,
    before: cursor,
    after: cursor,
    start,
  })
  const { from, to, before, after } = asked
  if (from !== undefined && to !== undefined && from >= to) {
    throw wrong(from === to ? '"from" and "to" are the same time.' : '"from" is later than "to".')
  }
  if (before !== undefined && after !== undefined) throw wrong('Give "before" or "after", not both.')
  if (device === undefined && asked.family !== undefined)
    throw wrong('"family" needs a device: /history/DEVICE?family=4')
  if (at !== null) assertMoment(at, device, now, Object.keys(asked))
  const name = device === undefined ? {} : { device: deviceNamed(device) }
  return { query: { ...asked, ...name }, limit: rows, start: first, at }
}

function assertMoment(at: number, device: string | undefined, now: number, others: readonly string[]): void {
  if (device === undefined) throw wrong('"at" needs a device: /history/DEVICE?at=TIME')
  if (others.length > 0) throw wrong(`Give "at" or "${others[0]}", not both.`)
  if (at > now) throw wrong('"at" is in the future.')
}

function wrong(message: string): ProtocolError {
  return new ProtocolError('bad-query', message)
}
