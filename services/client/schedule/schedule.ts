import { ReadError } from '@ipupdater/runtime'
import { Cron } from 'croner'

/** When reports are due, without end. */
export interface Schedule {
  readonly pattern: string
  /** The first time after `after`, in milliseconds since the epoch. */
  next(after: number): number
}

/**
 * A cron expression of five fields, or six with the seconds first, a nickname such as "@hourly", or "@every 5m". It
 * counts in `timeZone`, or in the zone of the process. Throws a ReadError for anything else, and for a time that
 * never comes.
 */
export function parseSchedule(pattern: string, timeZone?: string): Schedule {
  return pattern.startsWith('@every') ? everyPeriod(pattern) : cronSchedule(pattern, timeZone)
}

/** Every full period since 1970: "@every 5m" is "*\/5 * * * *". */
function everyPeriod(pattern: string): Schedule {
  const parts = /^@every\s+((?:\d{1,9}[smhd])+)$/.exec(pattern)?.[1]?.match(/\d+[smhd]/g) ?? []
  const periodMs = parts.reduce(
    (sum, part) => sum + Number.parseInt(part, 10) * (UNITS_MS[part.slice(-1)] ?? 0),
    0,
  )
  const bare = /^@every\s+(\d{1,9})$/.exec(pattern)?.[1]
  if (bare !== undefined) throw new ReadError(`is not a schedule. The unit is missing: "@every ${bare}m"`)
  if (periodMs < 1_000 || periodMs > LONGEST_PERIOD_MS) {
    throw new ReadError('is not a schedule. Example: "@every 5m" (from 1s to 31d)')
  }
  return { pattern, next: after => (Math.floor(after / periodMs) + 1) * periodMs }
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const LONGEST_PERIOD_MS = 31 * 86_400_000

function cronSchedule(pattern: string, timeZone: string | undefined): Schedule {
  const fields = pattern.trim().split(/\s+/).length
  if (!pattern.startsWith('@') && (fields < 5 || fields > 6)) {
    throw notCron(
      `it has ${fields} ${fields === 1 ? 'field' : 'fields'}; 5 are needed, or 6 with seconds first`,
    )
  }
  let cron: Cron
  try {
    cron = new Cron(pattern, {
      mode: '5-or-6-parts',
      ...(timeZone === undefined ? {} : { timezone: timeZone }),
    })
  } catch (cause) {
    throw notCron(reasonOf(pattern, (cause as Error).message), cause)
  }
  if (cron.nextRun(new Date(0)) === null) {
    throw new ReadError('is a time that never comes: no such month has that day. Example: "*/5 * * * *"')
  }
  return {
    pattern,
    next(after) {
      const time = cron.nextRun(new Date(after))
      if (time === null) throw new RangeError(`"${pattern}" has no time after ${after}`)
      return time.getTime()
    },
  }
}

/** What croner says, in words for its user. */
function reasonOf(pattern: string, message: string): string {
  if (pattern.startsWith('@'))
    return 'no such nickname; there are @hourly, @daily, @weekly, @monthly and @yearly'
  const reason = message.replace(/^CronPattern: (?:Syntax error, )?/, '').replace(/\.$/, '')
  const range = /^From value is larger than to value: '(.+)'$/.exec(reason)?.[1]
  if (range !== undefined) {
    const written = writtenRange(pattern, range)
    return `the range ${written} ends before it begins; write it as two ranges, such as 22-23,0-2 for 22-2`
  }
  // croner counts days and months from 0 here.
  const invalid = /^Invalid value for (day|month): (\d+)$/.exec(reason)
  if (invalid !== null) return `invalid value for ${invalid[1]}: ${Number(invalid[2]) + 1}`
  if (reason.startsWith('illegal stepping')) return 'after "/", a whole number from 1 is expected'
  const name = /^a month or day name has to stand alone \('(.+)'\)$/.exec(reason)?.[1]
  if (name !== undefined) return `${name} is not a name; names have three letters, such as MON or JAN`
  return `${reason.charAt(0).toLowerCase()}${reason.slice(1)}`.replace('dayOfWeek', 'day of the week')
}

/** The range as the user wrote it: croner replaces the names of days and months by numbers first. */
function writtenRange(pattern: string, range: string): string {
  const numbered = (text: string) => text.replace(/[A-Z]{3}/gi, name => String(NUMBERS[name.toUpperCase()]))
  return pattern.split(/[\s,]+/).find(part => numbered(part) === range) ?? range
}

const numbersFrom = (first: number, names: string) =>
  Object.fromEntries(names.split(' ').map((name, index) => [name, first + index]))
const NUMBERS: Readonly<Record<string, number>> = {
  ...numbersFrom(0, 'SUN MON TUE WED THU FRI SAT'),
  ...numbersFrom(1, 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'),
}

function notCron(reason: string, cause?: unknown): ReadError {
  return new ReadError(`is not a cron expression: ${reason}. Example: "*/5 * * * *" or "@every 5m"`, {
    cause,
  })
}
