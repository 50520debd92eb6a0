import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { encodeUpdate, parseAddress, parseDeviceName, parseSecret, signRequest } from '@ipupdater/protocol'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { isFailure, isSuccess, reportOnce, reportOnSchedule } from '../fixtures/client-reports.ts'
import { fakeClock } from '../fixtures/fake-clock.ts'
import { createVolumes } from '../fixtures/programs.ts'
import { openRelay } from '../fixtures/relay.ts'
import { eventually } from '../fixtures/shell.ts'
import type { Stack } from '../fixtures/stack.ts'
import { openStack, secretOf } from '../fixtures/stack.ts'
import { report } from './counts.ts'

const HOUR = 3600
const TEN_YEARS = 3652 * 24 * HOUR
const EVERY_TWO_SECONDS = '*/2 * * * * *'
// Otherwise a test may wait forever.
const guard = { timeout: 120_000 }

test(
  'with a device clock ten years off, reports work with correct times, and both sides show the skew',
  guard,
  async t => {
    using volumes = createVolumes()
    const clock = fakeClock(volumes)
    await using stack = await openStack(['ahead', 'behind'])
    await using reader = openReader({ sqlite: sqliteFile(stack.volumes.dataDir) })
    const server = stack.receiver.url

    for (const [device, seconds] of [
      ['ahead', TEN_YEARS],
      ['behind', -TEN_YEARS],
    ] as const) {
      clock.set(seconds)
      const began = Date.now()
      const { exit, done, failures } = await reportOnce({ server, device, settings: clock.env })
      assert.deepEqual([exit, done?.result, failures], [0, 'new', []])
      assertNear(done?.clockSkewMs, seconds * 1000)
      const shown = await stack.shown(device)
      assert.equal(shown?.lastSeen, done?.lastSeen)
      assert.ok(began <= (shown?.lastSeen ?? 0) && (shown?.lastSeen ?? 0) <= Date.now())
      const { devices } = await reader.devices({ limit: 10 })
      assertNear(devices.find(each => each.device === device)?.skewMs, seconds * 1000)
    }

    // Now on a schedule, until the clock is set.
    const home = { server, device: 'behind', settings: clock.env }
    await using reporting = reportOnSchedule(home, '@hourly', join(volumes.dir, 'status'))
    const logged = await reporting.line(0, ({ clockSkewMs }) => clockSkewMs !== undefined)
    assert.match(logged.level, /^WARN/)
    assertNear(logged.clockSkewMs, -TEN_YEARS * 1000)
    await eventually(async () => assert.equal(await reporting.health(), 0))
    const before = await stack.shown('behind')
    const from = reporting.lines().length
    clock.set(0)
    const right = await reporting.line(from, ({ clockSkewMs }) => clockSkewMs !== undefined)
    assert.match(right.level, /^INFO/)
    assertNear(right.clockSkewMs, 0)
    const after = await stack.shown('behind')
    assert.ok((after?.lastSeen ?? 0) > (before?.lastSeen ?? 0))
    report(t, 'time-device', { clocks: 2, yearsOff: 10 })
  },
)

test(
  "when the server's clock goes back an hour, it says so, keeps its data, and recovers by itself",
  guard,
  async t => {
    using volumes = createVolumes()
    const clock = fakeClock(volumes)
    await using stack = await openStack(['home', 'newcomer'], { both: clock.env })
    const server = stack.receiver.url
    await using reporting = reportOnSchedule(
      { server, device: 'home' },
      EVERY_TWO_SECONDS,
      join(volumes.dir, 'status'),
    )
    await reporting.line(0, isSuccess)
    clock.set(-HOUR)
    const logged = await reporting.line(0, isFailure)
    assert.equal(logged.code, 'clock-behind')
    const saved = await stack.shown('home')
    const known = reporting.lines().length
    let refused = 0

    // The hour passes without any action.
    for (const offset of [-HOUR, -2400, -1200, -60]) {
      clock.set(offset)
      const { exit, done, failures } = await reportOnce({ server, device: 'home' })
      assert.deepEqual([exit, done, failures], [75, undefined, ['clock-behind']])
      const { status, code, retryAfter } = await send(stack, 'home', clock.now())
      assert.deepEqual([status, code], [503, 'clock-behind'])
      assert.ok(retryAfter <= -offset && retryAfter > -offset - 60, `Retry-After: ${retryAfter}`)
      refused += 2

      const shown = await stack.shown('home')
      assert.deepEqual(shown, saved)
      assert.equal((await stack.history('home')).length, 1)
    }
    // The database was new next to a registry, so its replay floor is its first start: later than this clock.
    assert.equal((await reportOnce({ server, device: 'newcomer' })).exit, 75)
    assert.equal(await reporting.health(), 1)
    const claimed = reporting.lines().slice(known).filter(isSuccess)
    assert.deepEqual(claimed, [])

    const ended = reporting.lines().length
    clock.set(0)
    await reporting.line(ended, isSuccess)
    await eventually(async () => assert.equal(await reporting.health(), 0))
    assert.equal((await reportOnce({ server, device: 'newcomer' })).exit, 0)
    const [tenure] = await stack.history('home')
    assert.ok(tenure?.kind === 'tenure' && saved !== null)
    assert.deepEqual([tenure.address, tenure.firstSeen], [saved.address, saved.firstSeen])
    assert.ok(tenure.lastSeen > saved.lastSeen)
    report(t, 'time-server-back', { minutesBack: 60, refused, accepted: claimed.length })
  },
)

test(
  "when the server's clock goes forward, even during an exchange, no device is locked out",
  guard,
  async t => {
    using volumes = createVolumes()
    const clock = fakeClock(volumes)
    await using stack = await openStack(['home', 'other'], { both: clock.env })
    const { url: server, port } = stack.receiver
    /** Sets the clock between `/ip` and `/update`. */
    const reportWhile = async (device: string, seconds: number) => {
      await using relay = await openRelay({
        port,
        onRequest: chunk => {
          if (chunk.includes('POST /update')) clock.set(seconds)
        },
      })
      return await reportOnce({ server: relay.url, device }, '20s')
    }

    assert.equal((await reportOnce({ server, device: 'home' })).exit, 0)
    clock.set(HOUR)
    assert.deepEqual((await reportOnce({ server, device: 'home' })).failures, [])

    const forward = await reportWhile('home', 2 * HOUR)
    assert.deepEqual([forward.exit, forward.failures], [0, ['stale']])
    const back = await reportWhile('other', HOUR)
    assert.deepEqual([back.exit, back.failures], [0, ['timestamp-ahead']])

    // The clock is right again. Devices that reported meanwhile are refused until time has caught up.
    const saved = await stack.shown('home')
    clock.set(0)
    for (const device of ['home', 'other']) {
      const waiting = await reportOnce({ server, device })
      assert.deepEqual([waiting.exit, waiting.done, waiting.failures], [75, undefined, ['clock-behind']])
    }
    assert.deepEqual(await stack.shown('home'), saved)
    clock.set(2 * HOUR + 60)
    for (const device of ['home', 'other']) {
      assert.deepEqual((await reportOnce({ server, device })).failures, [])
      assert.equal((await stack.history(device)).length, 1)
    }
    report(t, 'time-server-forward', { hoursForward: 2, stepsInMidExchange: 2 })
  },
)

/** Sends an update without the client. */
async function send(stack: Stack, device: string, timestamp: number) {
  const body = encodeUpdate({ address: parseAddress('127.0.0.1'), timestamp })
  const { headers } = signRequest('ipupdater-update', body, {
    device: parseDeviceName(device),
    secret: parseSecret(secretOf(device)),
    created: Math.floor(Date.now() / 1000),
    nonce: randomBytes(16).toString('base64url'),
  })
  const answer = await fetch(`${stack.receiver.url}/update`, { method: 'POST', headers, body })
  const { code } = (await answer.json()) as { code?: string }
  return { status: answer.status, code, retryAfter: Number(answer.headers.get('retry-after')) }
}

/** Within a minute, because this machine may be busy. */
function assertNear(ms: number | null | undefined, expectedMs: number): void {
  assert.ok(
    typeof ms === 'number' && Math.abs(ms - expectedMs) < 60_000,
    `${ms} is not about ${expectedMs} ms`,
  )
}
