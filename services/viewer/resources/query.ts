import type { ParsedUrlQuery } from 'node:querystring'
import type { DeviceName, Family } from '@ipupdater/protocol'
import { ProtocolError, parseDeviceName, quote } from '@ipupdater/protocol'
import type { Cursor } from '@ipupdater/storage'
import { parseCursor } from '@ipupdater/storage'
import type { ZonedTime } from '../render/zoned-time.ts'

/** What one parameter may be. `read` throws for anything else. */
export interface Parameter<T> {
  readonly wanted: string
  read(text: string): T
}

/**
 * The parameters of a request, by name; absent ones are undefined. A parameter that is not known is refused
 * rather than overlooked: whoever writes `form=` for `from=` would take all of history for an answer.
 *
 * @throws ProtocolError `bad-query`
 */
export function parseQuery<T>(
  query: ParsedUrlQuery,
  known: { readonly [K in keyof T]: Parameter<T[K]> },
): { readonly [K in keyof T]?: T[K] } {
  const parsed: { [K in keyof T]?: T[K] } = {}
  for (const [name, value] of Object.entries(query)) {
    if (name === 'format') continue // chooses the representation, not the content
    if (!Object.hasOwn(known, name)) {
      throw new ProtocolError('bad-query', `${quote(name)} is not known here; ${knownNames(known)}`)
    }
    const key = name as keyof T
    parsed[key] = parseValue(name, value, known[key])
  }
  return parsed
}

function parseValue<T>(
  name: string,
  value: string | string[] | undefined,
  { wanted, read }: Parameter<T>,
): T {
  try {
    if (typeof value === 'string') return read(value)
  } catch (cause) {
    throw new ProtocolError('bad-query', `${name} is ${quote(String(value))}; wanted is ${wanted}`, { cause })
  }
  throw new ProtocolError('bad-query', `${name} is given more than once`)
}

function knownNames(known: object): string {
  return `known are ${[...Object.keys(known), 'format'].join(', ')}`
}

export const family: Parameter<Family> = {
  wanted: '4 or 6',
  read: text => (text === '4' ? 4 : text === '6' ? 6 : fail()),
}

/** More than this at once is a page that nobody reads; a program follows the `next` link. */
export const maxLimit = 1_000

export const limit: Parameter<number> = {
  wanted: `a whole number from 1 to ${maxLimit}`,
  read: text => (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= maxLimit ? Number(text) : fail()),
}

export const after: Parameter<DeviceName> = {
  wanted: 'the name of a device',
  read: parseDeviceName,
}

export const before: Parameter<Cursor> = {
  wanted: 'a cursor that a "next" link gave out',
  read: parseCursor,
}

/** A date, a date with time (both by the clocks of `zone` unless they name an offset), or milliseconds. */
export function instant(zone: ZonedTime): Parameter<number> {
  return {
    wanted:
      'a date "2026-11-22", a time "2026-11-22T14:03" or "2026-11-22T14:03:20+01:00", or milliseconds since 1970',
    read(text) {
      if (/^\d{1,15}$/.test(text)) return Number(text)
      const [, date, time = '00:00', offset] = instantPattern.exec(text) ?? fail()
      // A "+" that was not escaped arrives as a space.
      const zoned = offset?.replace(' ', '+')
      const wallClock = Date.parse(`${date}T${time}Z`)
      const at = zoned === undefined ? zone.instantOf(wallClock) : Date.parse(`${date}T${time}${zoned}`)
      return Number.isSafeInteger(at) && at >= 0 && isOnCalendar(wallClock, `${date}`) ? at : fail()
    },
  }
}

const instantPattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+ -]\d\d:\d\d)?)?$/

/** Date.parse takes the 31st of February for the 3rd of March. */
function isOnCalendar(wallClock: number, date: string): boolean {
  return new Date(wallClock).toISOString().startsWith(date)
}

function fail(): never {
  throw new RangeError('not as wanted')
}
