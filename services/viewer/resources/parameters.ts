import type { DeviceName, Family } from '@ipupdater/protocol'
import { ProtocolError, parseDeviceName } from '@ipupdater/protocol'
import type { Cursor, HistoryEntry } from '@ipupdater/storage'
import { parseCursor } from '@ipupdater/storage'
import type { PeriodName } from '../render/page/device.ts'
import { PERIODS } from '../render/page/device.ts'
import type { ZonedTime } from '../render/zoned-time.ts'
import type { Parameter } from './query.ts'

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

export const kind: Parameter<HistoryEntry['kind']> = {
  expected: 'tenure or outage',
  read: text => (text === 'tenure' || text === 'outage' ? text : fail()),
}

export const days: Parameter<PeriodName> = {
  expected: '30, 90, 365 or all',
  read: text => (Object.hasOwn(PERIODS, text) ? (text as PeriodName) : fail()),
}

/** The number of the first entry on a page, which a link carries on. */
export const start: Parameter<number> = {
  expected: 'a whole number from 1',
  read: text => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : fail()),
}

export const deviceName: Parameter<DeviceName> = {
  expected: 'a device name',
  read: parseDeviceName,
}

export const cursor: Parameter<Cursor> = {
  expected: 'a cursor from a "next" link',
  read: parseCursor,
}

/** A date, a date with time (both in `zone` unless they have an offset), or milliseconds. */
export function instant(zone: ZonedTime): Parameter<number> {
  return {
    expected: 'a date. Examples: 2026-11-22, 2026-11-22T14:03, 2026-11-22T14:03:20+01:00, 1795352600000',
    read(text) {
      if (/^\d{1,15}$/.test(text)) return milliseconds(text)
      const [, date, time = '00:00', offset] = instantPattern.exec(text) ?? fail()
      // An unescaped "+" arrives as a space.
      const zoned = offset?.replace(' ', '+')
      const wallClock = Date.parse(`${date}T${time}Z`)
      const at = zoned === undefined ? zone.instantOf(wallClock) : Date.parse(`${date}T${time}${zoned}`)
      return Number.isSafeInteger(at) && at >= 0 && isOnCalendar(wallClock, `${date}`) ? at : fail()
    },
  }
}

/** @throws ProtocolError `bad-query` for what is almost certainly seconds: as milliseconds it is before 1973 */
function milliseconds(text: string): number {
  const at = Number(text)
  if (at < 1e8 || at >= 1e11) return at
  throw new ProtocolError('bad-query', `${text} looks like seconds. Use milliseconds: ${text}000.`)
}

const instantPattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+ -]\d\d:\d\d)?)?$/

/** Date.parse reads the 31st of February as the 3rd of March. */
function isOnCalendar(wallClock: number, date: string): boolean {
  return new Date(wallClock).toISOString().startsWith(date)
}

function fail(): never {
  throw new RangeError('not accepted')
}
