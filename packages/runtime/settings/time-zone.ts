import type { About, Setting } from './setting.ts'
import { parsed, ReadError } from './setting.ts'

/** A zone of the IANA database, in its canonical spelling. */
export function timeZone<D = never>(about: About<D>): Setting<string | D> {
  return parsed({
    ...about,
    expected: 'a time zone',
    example: 'Europe/Berlin or UTC',
    read: parseTimeZone,
  })
}

/** TZ, which Node reads too; `adoptTimeZone` makes both agree. */
export const timeZoneSetting = timeZone({
  name: 'TZ',
  description: 'The time zone of every time that is read, shown or logged; empty: that of the system.',
  default: null,
})

/** `europe/berlin` → `Europe/Berlin`. @throws ReadError or RangeError */
export function parseTimeZone(text: string): string {
  if (/^(UTC|GMT)?[+-]\d/i.test(text)) {
    throw new ReadError(
      'is an offset, not a time zone. Use a name such as Europe/Berlin, or Etc/GMT-2 for +02:00.',
    )
  }
  // ICU takes BST for Bangladesh and AST for Alaska; those of the IANA database mean one thing.
  if (/^[A-Z]{3}$/i.test(text) && !ianaAbbreviations.includes(text.toUpperCase())) {
    throw new ReadError('is ambiguous. Use a name such as America/Los_Angeles.')
  }
  return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
}

const ianaAbbreviations = [
  'UTC',
  'GMT',
  'UCT',
  'WET',
  'CET',
  'MET',
  'EET',
  'EST',
  'MST',
  'HST',
  'PRC',
  'ROC',
  'ROK',
]
