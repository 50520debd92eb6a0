import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { path, pathFault } from './path.ts'
import { readSettings } from './read-settings.ts'

const shape = { dir: path({ name: 'DATA_DIR', description: '', default: './data' }) }

for (const given of [
  '/srv/data',
  './data',
  'data',
  'data~1',
  '/srv/~data',
  '/srv/a$b',
  "/srv/it's",
  '/srv/http://x',
]) {
  test(`${given} is a path`, () => {
    assert.equal(readSettings({ DATA_DIR: given }, shape).dir, resolve(given))
  })
}

const refused: [given: string, reason: RegExp][] = [
  ['"/srv/data"', /begins or ends with a quote\. Docker keeps quotes in --env-file: leave them out\.$/],
  ["'/srv/data'", /Docker keeps quotes in --env-file/],
  ['/srv/data"', /begins or ends with a quote/],
  ['~/data', /starts with "~", which only a shell expands\. Write the whole path, such as \/srv/],
  ['~me/data', /starts with "~"/],
  ['$HOME/data', /contains "\$", which only a shell expands/],
  ['/srv/$NAME/data', /contains "\$"/],
  [`\${HOME}/data`, /contains "\$"/],
  ['$(pwd)/data', /contains "\$"/],
  ['file:///srv/data', /is a URL, not a path/],
  [' /srv/data', /begins or ends with white space/],
  ['/srv/data ', /begins or ends with white space/],
  ['/srv/data\r', /ends with a carriage return/],
  ['/srv/da\0ta', /contains a control character/],
]

for (const [given, reason] of refused) {
  test(`${JSON.stringify(given)} is refused with the reason`, () => {
    assert.throws(() => readSettings({ DATA_DIR: given }, shape), reason)
  })
}

test('a path with a NUL has a fault wherever it comes from', () => {
  assert.equal(pathFault('/srv/da\0ta'), 'contains a NUL character, which no path can.')
})
