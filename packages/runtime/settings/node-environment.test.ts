import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { adoptEnvironment, processTimeZone } from './node-environment.ts'

/** What a process of its own says of its time zone: by our settings, by Intl and by Date. */
function zoneOf(tz: string | undefined) {
  const program = `
    import { adoptEnvironment, processTimeZone } from ${JSON.stringify(import.meta.resolve('./node-environment.ts'))}
    adoptEnvironment(process.env)
    const summer = new Date(Date.UTC(2026, 6, 1, 12))
    console.log(JSON.stringify({
      zone: processTimeZone(),
      intl: Intl.DateTimeFormat().resolvedOptions().timeZone,
      hour: summer.getHours(),
    }))`
  const { TZ: _own, ...env } = process.env
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: tz === undefined ? env : { ...env, TZ: tz },
  })
  return JSON.parse(stdout)
}

const canonical: [given: string, zone: string, hour: number][] = [
  ['Europe/Berlin', 'Europe/Berlin', 14],
  ['europe/berlin', 'Europe/Berlin', 14],
  ['utc', 'UTC', 12],
  ['GMT', 'UTC', 12],
  ['US/Pacific', 'America/Los_Angeles', 5],
]

for (const [given, zone, hour] of canonical) {
  test(`TZ=${given} gives the whole process ${zone}`, () => {
    assert.deepEqual(zoneOf(given), { zone, intl: zone, hour })
  })
}

test('an empty TZ means the zone of the system, as an unset one does', () => {
  assert.deepEqual(zoneOf(''), zoneOf(undefined))
})

test('an empty UV_THREADPOOL_SIZE counts as unset: for libuv it would be a single thread', () => {
  const env = { UV_THREADPOOL_SIZE: '', TZ: '' }
  adoptEnvironment(env)
  assert.deepEqual(env, {})
})

test('a text that is not a time zone is left for the settings to refuse', () => {
  const env = { TZ: 'Nonsense', UV_THREADPOOL_SIZE: '8' }
  adoptEnvironment(env)
  assert.deepEqual(env, { TZ: 'Nonsense', UV_THREADPOOL_SIZE: '8' })
})

test('Date and Intl agree for every zone that there is', () => {
  const own = process.env.TZ
  const times = [Date.UTC(2026, 0, 1, 12), Date.UTC(2026, 6, 1, 12)]
  for (const timeZone of Intl.supportedValuesOf('timeZone')) {
    process.env.TZ = timeZone.toLowerCase()
    adoptEnvironment(process.env)
    assert.equal(processTimeZone(), new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone)
    const format = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' })
    for (const time of times) assert.equal(new Date(time).getHours(), Number(format.format(time)), timeZone)
  }
  if (own === undefined) delete process.env.TZ
  else process.env.TZ = own
})
