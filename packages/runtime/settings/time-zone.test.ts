import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from './read-settings.ts'
import { timeZoneSetting } from './time-zone.ts'

const shape = { timeZone: timeZoneSetting }

for (const given of ['Europe/Berlin', 'Etc/GMT-2', 'UTC', 'CET', 'EST5EDT', 'Japan']) {
  test(`TZ=${given} is a time zone`, () => {
    assert.ok(readSettings({ TZ: given }, shape).timeZone)
  })
}

const refused: [given: string, reason: RegExp][] = [
  ['+02:00', /TZ="\+02:00" is an offset, not a time zone\. Use a name such as Europe\/Berlin/],
  ['-0530', /is an offset/],
  ['GMT+2', /is an offset/],
  ['utc-5', /is an offset/],
  ['PST', /TZ="PST" is ambiguous\. Use a name such as America\/Los_Angeles/],
  ['ist', /is ambiguous/],
  ['Nonsense', /TZ="Nonsense" is not a time zone\. Example: Europe\/Berlin or UTC/],
  [':Europe/Berlin', /is not a time zone/],
  ['CET-1CEST', /is not a time zone/],
  ['"Europe/Berlin"', /Docker keeps quotes/],
]

for (const [given, reason] of refused) {
  test(`TZ=${given} is refused with the reason`, () => {
    assert.throws(() => readSettings({ TZ: given }, shape), reason)
  })
}
