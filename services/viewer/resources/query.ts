import type { ParsedUrlQuery } from 'node:querystring'
import type { DeviceName, Family } from '@ipupdater/protocol'
import { ProtocolError, parseDeviceName, quote } from '@ipupdater/protocol'
import type { Cursor } from '@ipupdater/storage'
import { parseCursor } from '@ipupdater/storage'
import type { ZonedTime } from '../render/zoned-time.ts'

/** One parameter. `read` throws for a value that it does not accept. */
export interface Parameter<T> {
  /** Completes the sentence `NAME="…" is not`. */
  readonly expected: string
  read(text: string): T
}

/**
 * The parameters of a request, by name; absent ones are undefined. An unknown parameter is refused, not ignored:
 * someone who writes `form=` instead of `from=` would take all of history for the answer.
 *
 * @throws ProtocolError `bad-query`
 */
export function parseQuery<T>(
  query: ParsedUrlQuery,
  known: { readonly [K in keyof T]: Parameter<T[K]> },
): { readonly [K in keyof T]?: T[K] } {
  const parsed: { [K in keyof T]?: T[K] } = {}
  for (const [name, value] of Object.entries(query)) {
    if (name === 'format') continue // chooses the format, not the content
    if (!Object.hasOwn(known, name)) {
      throw new ProtocolError('bad-query', `Unknown parameter ${quote(name)}. ${knownNames(known)}`)
    }
    const key = name as keyof T
    parsed[key] = parseValue(name, value, known[key])
  }
  return parsed
}

function parseValue<T>(
  name: string,
  value: string | string[] | undefined,
  { expected, read }: Parameter<T>,
): T {
  try {
    if (typeof value === 'string') return read(value)
  } catch (cause) {
    throw new ProtocolError('bad-query', `${name}=${quote(String(value))} is not ${expected}.`, { cause })
  }
  throw new ProtocolError('bad-query', `${name} is given more than once.`)
}

function knownNames(known: object): string {
  return `Use: ${[...Object.keys(known), 'format'].join(', ')}.`
}

export const family: Parameter<Family> = {
  expected: '4 or 6',
  read: text => (text === '4' ? 4 : text === '6' ? 6 : fail()),
}

/** A person does not read a longer page, and a program follows the `next` link. */
export const maxLimit = 1_000

export const limit: Parameter<number> = {
  expected: `a whole number from 1 to ${maxLimit}`,
  read: text => (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= maxLimit ? Number(text) : fail()),
}

export const after: Parameter<DeviceName> = {
  expected: 'a device name',
  read: parseDeviceName,
}

export const before: Parameter<Cursor> = {
  expected: 'a cursor from a "next" link',
  read: parseCursor,
}

/** A date, a date with time (both in `zone` unless they have an offset), or milliseconds. */
export function instant(zone: ZonedTime): Parameter<number> {
  return {
    expected: 'a date. Examples: 2026-11-22, 2026-11-22T14:03, 2026-11-22T14:03:20+01:00, 1795352600000',
    read(text) {
      if (/^\d{1,15}$/.test(text)) return Number(text)
      const [, date, time = '00:00', offset] = instantPattern.exec(text) ?? fail()
      // An unescaped "+" arrives as a space.
      const zoned = offset?.replace(' ', '+')
      const wallClock = Date.parse(`${date}T${time}Z`)
      const at = zoned === undefined ? zone.instantOf(wallClock) : Date.parse(`${date}T${time}${zoned}`)
      return Number.isSafeInteger(at) && at >= 0 && isOnCalendar(wallClock, `${date}`) ? at : fail()
    },
  }
}

const instantPattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+ -]\d\d:\d\d)?)?$/

/** Date.parse reads the 31st of February as the 3rd of March. */
function isOnCalendar(wallClock: number, date: string): boolean {
  return new Date(wallClock).toISOString().startsWith(date)
}

function fail(): never {
  throw new RangeError('not accepted')
}
