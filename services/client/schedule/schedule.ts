import { Cron } from 'croner'

/** When reports are due, without end. */
export interface Schedule {
  readonly pattern: string
  /** The first time after `after`, in milliseconds since the epoch. */
  next(after: number): number
}

/**
 * A cron expression of five fields, or six with the seconds in front, or a nickname such as "@hourly", in
 * `timeZone`, else in that of the process. Throws for anything else, and for one that never comes round.
 */
export function parseSchedule(pattern: string, timeZone?: string): Schedule {
  const cron = new Cron(pattern, {
    mode: '5-or-6-parts',
    ...(timeZone === undefined ? {} : { timezone: timeZone }),
  })
  const next = (after: number) => {
    const time = cron.nextRun(new Date(after))
    if (time === null) throw new RangeError(`the time of "${pattern}" never comes`)
    return time.getTime()
  }
  next(0)
  return { pattern, next }
}
