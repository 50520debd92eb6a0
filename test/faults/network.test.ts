import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Home, Report, Reporting } from '../fixtures/client-reports.ts'
import { isFailure, isSuccess, reportOnce, reportOnSchedule } from '../fixtures/client-reports.ts'
import { fakeClock } from '../fixtures/fake-clock.ts'
import { createVolumes } from '../fixtures/programs.ts'
import type { RelayOptions } from '../fixtures/relay.ts'
import { openRelay } from '../fixtures/relay.ts'
import { eventually } from '../fixtures/shell.ts'
import type { Stack } from '../fixtures/stack.ts'
import { openStack } from '../fixtures/stack.ts'
import { report } from './counts.ts'
import { openHomeLine, wan } from './network/home-line.ts'
import type { Middlebox } from './network/middleboxes.ts'
import { openPortal, openStrippingProxy } from './network/middleboxes.ts'
import type { NameServer } from './network/name-server.ts'
import { openNameServer, SERVER_NAME } from './network/name-server.ts'

const EVERY_TWO_SECONDS = '*/2 * * * * *'
// Otherwise a test may wait forever.
const guard = { timeout: 240_000 }

test('loss, delay and cuts cost time, but never cause a false success', guard, async t => {
  const lossy = names('lossy', 10)
  const cut = names('cut', 24)
  using line = openHomeLine()
  await using stack = await openStack(['delayed', 'slow', 'dead', 'even', ...lossy, ...cut])
  const { port } = stack.receiver
  const home = (device: string, server = `http://${wan.server}:${port}`): Home => {
    return { server, device, through: line.through }
  }
  const relay = (options: Omit<RelayOptions, 'port' | 'host'>) =>
    openRelay({ port, host: wan.provider, from: wan.server, ...options })
  const counts = { reports: 0, retried: 0, cuts: 0, falseSuccesses: 0 }

  /** The server must have what the client claims, to the millisecond. */
  const check = async (device: string, { done, failures }: Report) => {
    counts.reports++
    if (failures.length > 0) counts.retried++
    const shown = await stack.shown(device)
    const isTrue =
      done === undefined || (shown?.address === done.address && shown?.lastSeen === done.lastSeen)
    if (!isTrue) counts.falseSuccesses++
    assert.ok(isTrue, `${device} claims ${JSON.stringify(done)}, shown is ${JSON.stringify(shown)}`)
    return shown
  }

  await t.test('with 30 % packet loss, every report gets through', async () => {
    line.lose(30)
    const reports = await Promise.all(lossy.map(device => reportOnce(home(device), '90s')))
    line.lose(0)
    for (const [index, each] of reports.entries()) {
      assert.equal(each.exit, 0, JSON.stringify(each))
      const shown = await check(lossy[index] ?? '', each)
      assert.deepEqual([shown?.address, shown?.confirmations], [wan.home, 1])
    }
    const again = await reportOnce(home(lossy[0] ?? ''))
    assert.deepEqual([again.exit, again.failures], [0, []])
  })

  await t.test('with 100 % packet loss, the client claims no success', async () => {
    line.lose(100)
    const dead = await reportOnce(home('dead'))
    line.lose(0)
    assert.deepEqual([dead.exit, dead.done, dead.failures], [75, undefined, ['timed-out']])
    assert.equal(await check('dead', dead), null)
    assert.equal((await reportOnce(home('dead'))).exit, 0)
  })

  await t.test('with 2 seconds of delay each way, a report succeeds without clock skew', async () => {
    await using distance = await relay({ delayMs: 2_000 })
    const delayed = await reportOnce(home('delayed', distance.url))
    assert.deepEqual([delayed.exit, delayed.failures], [0, []])
    await check('delayed', delayed)
    const skewMs = Math.abs(delayed.done?.clockSkewMs ?? Number.NaN)
    assert.ok(skewMs < 1_900, `the clock is right, but the client measured ${skewMs} ms`)
  })

  await t.test('at 4,000 bits a second, it succeeds', async () => {
    line.slowDown(4_000)
    const began = performance.now()
    const slow = await reportOnce(home('slow'), '30s')
    assert.ok(performance.now() - began > 1_000, 'line too fast')
    line.slowDown(null)
    assert.equal(slow.exit, 0, JSON.stringify(slow))
    await check('slow', slow)
  })

  await t.test(
    'after a cut anywhere in the answers, the same message is sent again and counts once',
    async () => {
      await using straight = await relay({})
      await reportOnce(home('even', straight.url))
      const places = cut.map((device, index) => {
        // From before the first byte to before the last one.
        const afterBytes = Math.round((index / (cut.length - 1)) * (straight.answered() - 1))
        return { device, cut: { afterBytes, by: index % 2 === 0 ? 'end' : 'reset' } } as const
      })
      await Promise.all(
        places.map(async ({ device, cut }) => {
          await using broken = await relay({ cut })
          const each = await reportOnce(home(device, broken.url), '30s')
          const about = `${JSON.stringify(cut)}: ${JSON.stringify(each)}`
          assert.deepEqual([each.exit, each.failures, broken.cuts()], [0, ['connection-cut'], 1], about)
          const shown = await check(device, each)
          assert.deepEqual([shown?.confirmations, shown?.firstSeen], [1, shown?.lastSeen], about)
          assert.equal((await stack.history(device)).length, 1)
          counts.cuts++
        }),
      )
    },
  )

  await t.test('after a cut without retry, the client claims no success', async () => {
    await using broken = await relay({ cut: { afterBytes: 100, by: 'end' } })
    const each = await reportOnce(home('even', broken.url))
    assert.deepEqual([each.exit, each.done, each.failures], [75, undefined, ['connection-cut']])
  })

  report(t, 'network-line', counts)
})

test(
  'the client names whatever answers instead of the server, and recovers at its next tick',
  guard,
  async t => {
    using line = openHomeLine()
    await using names = await openNameServer(wan.provider, { address: wan.server })
    await using stack = await openStack(['home'], { receiver: { TRUSTED_PROXIES: wan.provider } })
    const { port } = stack.receiver
    const home = { server: `http://${SERVER_NAME}:${port}`, device: 'home', through: line.through }
    await using reporting = reportOnSchedule(home, EVERY_TWO_SECONDS, join(stack.volumes.dir, 'status'))
    await reporting.line(0, isSuccess)
    const counts = { faults: 0, reportedAndRecovered: 0, successesClaimed: 0, recorded: 0 }

    const tryFault = (name: string, fault: Omit<Fault, 'stack' | 'reporting'>) =>
      t.test(name, async () => {
        counts.faults++
        await suffer({ stack, reporting, ...fault })
        counts.reportedAndRecovered++
      })
    const tryMiddlebox = async (name: string, opening: Promise<Middlebox>, codes: Codes, lets = false) => {
      await using box = await opening
      await tryFault(name, {
        begin: () => line.divert(port, box.port),
        end: () => line.endDiversion(),
        codes,
        lets,
      })
      assert.ok(box.requests() > 0, 'no requests')
    }
    const tryDns = (name: string, answer: Parameters<NameServer['say']>[0], codes: Codes) =>
      tryFault(name, {
        begin: () => names.say(answer),
        end: () => names.say({ address: wan.server }),
        codes,
      })

    const { provider: host } = wan
    const login = { location: 'http://login.example/' }
    await tryMiddlebox('a captive portal: 200 with HTML', openPortal(host, 200), ['captive-portal'])
    await tryMiddlebox('a captive portal: 302 to a login', openPortal(host, 302, login), ['redirected'])
    await tryMiddlebox('a captive portal: 511 of RFC 6585', openPortal(host, 511), ['captive-portal'])
    await tryMiddlebox('a proxy whose server is down', openPortal(host, 502), ['proxy-failed'])

    const target = { host: wan.server, port }
    const ours = ['signature', 'signature-input', 'content-digest']
    await tryMiddlebox(
      'a proxy that strips our fields from answers',
      openStrippingProxy({ host, target, fromAnswers: ours }),
      ['answer-unsigned'],
    )
    for (const field of ours) {
      await tryMiddlebox(
        `a proxy that strips ${field} from the last answer: recorded, not claimed`,
        openStrippingProxy({ host, target, fromAnswers: [field], path: '/update' }),
        ['answer-unsigned'],
        true,
      )
    }
    await tryMiddlebox(
      'a proxy that strips our fields from requests',
      openStrippingProxy({ host, target, fromRequests: ours }),
      ['malformed'],
    )

    await tryDns('the name is unknown', 'no-such-name', ['no-such-name'])
    await tryDns('the name server fails', 'server-failure', ['dns-failed'])
    await tryDns('the name server is silent', 'silence', ['dns-failed'])

    await tryFault('the server moves, and DNS follows later', {
      begin: () => line.moveServer(wan.serverElsewhere),
      end: () => names.say({ address: wan.serverElsewhere }),
      codes: ['timed-out', 'no-route'],
    })

    await t.test('every claimed success is on the server', async () => {
      await reporting.program[Symbol.asyncDispose]()
      const claimed = reporting.lines().filter(isSuccess)
      const shown = await stack.shown('home')
      counts.successesClaimed = claimed.length
      counts.recorded = shown?.confirmations ?? 0
      assert.ok(counts.successesClaimed <= counts.recorded)
      assert.deepEqual(new Set(claimed.map(({ address }) => address)), new Set([wan.home]))
      assert.equal((await stack.history('home')).length, 1)
    })
    report(t, 'network-impostors', counts)
  },
)

test('after an hour offline, the old address, the outage and the new address are shown', guard, async t => {
  using volumes = createVolumes()
  const clock = fakeClock(volumes)
  using line = openHomeLine()
  await using stack = await openStack(['home'], { both: clock.env })
  const server = `http://${wan.server}:${stack.receiver.port}`
  const home = { server, device: 'home', through: line.through, settings: clock.env }
  await using reporting = reportOnSchedule(home, EVERY_TWO_SECONDS, join(volumes.dir, 'status'))
  await reporting.line(0, isSuccess)

  const before = await suffer({
    stack,
    reporting,
    codes: ['no-route', 'timed-out'],
    begin: () => line.unplug(),
    async during() {
      const from = reporting.lines().length
      clock.set(HOUR / 1000)
      await reporting.line(from, isFailure)
      const shown = await stack.shown('home')
      assert.deepEqual([shown?.address, shown?.late], [wan.home, true])
    },
    end: () => line.plugIn(wan.homeElsewhere),
  })

  const [now, outage, past] = await stack.history('home')
  assert.ok(now?.kind === 'tenure' && outage?.kind === 'outage' && past?.kind === 'tenure')
  assert.deepEqual([now.address, now.open], [wan.homeElsewhere, true])
  assert.deepEqual([past.address, past.open, past.lastSeen], [wan.home, false, before.lastSeen])
  // From the first missed report to the next one received.
  assert.ok(past.lastSeen < outage.from && outage.from < past.lastSeen + MINUTE)
  assert.equal(outage.to, now.firstSeen)
  assert.ok(now.firstSeen - past.lastSeen > HOUR && now.firstSeen - past.lastSeen < HOUR + 2 * MINUTE)
  assert.equal((await stack.shown('home'))?.late, false)
  report(t, 'network-partition', { hours: 1, outages: 1, addresses: 2 })
})

const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Codes = readonly string[]

interface Fault {
  stack: Stack
  reporting: Reporting
  begin: () => void
  /** Runs once the client has noticed the fault. */
  during?: () => Promise<void>
  end: () => void
  /** Accepted failure codes. */
  codes: Codes
  /** Whether requests reach the server, so that only answers are affected. */
  lets?: boolean
}

/**
 * Runs one fault against a client that reports on schedule. The client must name the problem with advice,
 * claim no success during the fault, and recover by itself.
 */
async function suffer({ stack, reporting, begin, during, end, codes, lets = false }: Fault) {
  const from = reporting.lines().length
  begin()
  try {
    const logged = await reporting.line(from, isFailure)
    assert.ok(codes.includes(logged.code ?? ''), `called ${logged.code}: ${logged.message}`)
    assert.match(logged.level, /^(WARN|ERROR)/)
    assert.ok(logged.message !== '' && logged.advice !== undefined, JSON.stringify(logged))

    // Reports in flight at its begin have ended.
    const known = reporting.lines().length
    const before = await stack.shown('home')
    await during?.()
    await reporting.line(reporting.lines().length, isFailure)
    await eventually(async () => assert.equal(await reporting.health(), 1))
    const after = await stack.shown('home')
    assert.equal(after?.address, before?.address)
    if (!lets) assert.equal(after?.lastSeen, before?.lastSeen)
    const lines = reporting.lines().slice(known)
    assert.deepEqual(lines.filter(isSuccess), [])
    const others = lines.filter(isFailure).filter(({ code = '' }) => !codes.includes(code))
    assert.deepEqual(others, [])
  } finally {
    end()
  }
  const ended = reporting.lines().length
  const last = await stack.shown('home')
  await reporting.line(ended, isSuccess)
  await eventually(async () => assert.equal(await reporting.health(), 0))
  const now = await stack.shown('home')
  assert.ok(last !== null && now !== null && now.lastSeen > last.lastSeen)
  return last
}

function names(prefix: string, count: number): string[] {
  // Equal lengths make answers equally long.
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(2, '0')}`)
}
