import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ipupdater, SECRET, start, startDeployment, startReceiver, until } from './fixtures/deployment.ts'
import { freePort } from './fixtures/free-port.ts'

// The three programs as deployed, each in its own process, on loopback.

// A test may wait for a line that is never printed.
const guard = { timeout: 120_000 }

test('a report is shown, and its proof verifies with the secret', guard, async () => {
  await using stack = await startDeployment()
  const reported = await ipupdater(['update', '--json'], stack.home)
  assert.equal(reported.code, 0, reported.stderr)
  const { outcome, result, address } = JSON.parse(reported.stdout.split('\n')[0] ?? '')
  assert.deepEqual([outcome, result, address], ['done', 'new', '127.0.0.1'])

  const got = await ipupdater(['get', 'home', '--max-age', '10m'], stack.home)
  assert.deepEqual([got.code, got.stdout], [0, '127.0.0.1\n'])
  assert.match(got.stderr, /its signature is valid/)

  const again = await ipupdater(['update'], stack.home)
  assert.equal(again.stdout, `127.0.0.1 is confirmed at ${stack.home.SERVER_URL}/\n`)
  const history = await ipupdater(['history', '--json'], stack.home)
  const entries = history.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    entries.map(({ kind, address, verified }) => [kind, address, verified]),
    [['tenure', '127.0.0.1', true]],
  )
})

test('ip stores nothing', guard, async () => {
  await using stack = await startDeployment()
  const asked = await ipupdater(['ip', '-w', new URL(stack.home.SERVER_URL).host], { SECRET })
  assert.deepEqual([asked.code, asked.stdout], [0, '127.0.0.1\n'])
  const got = await ipupdater(['get'], stack.home)
  assert.equal(got.code, 1)
  assert.match(got.stderr, /Unknown device/)
})

test(
  'a wrong secret, an unknown device and a private address are refused, and never shown',
  guard,
  async () => {
    await using stack = await startDeployment({ ALLOW_PRIVATE_ADDRESSES: 'false' })
    const refused: [Record<string, string>, RegExp][] = [
      [{ SECRET: 'a secret of somebody else' }, /The server does not accept this device's secret/],
      [{ DEVICE: 'cabin' }, /The server does not accept this device's secret/],
      [{}, /The address cannot be reached from the internet \(.*127\.0\.0\.1.*\)/],
    ]
    for (const [settings, message] of refused) {
      const { code, stdout, stderr } = await ipupdater(['update'], { ...stack.home, ...settings })
      assert.equal(code, 1)
      assert.equal(stdout, '')
      assert.match(stderr, message)
    }
    const shown = await fetch(`${stack.home.VIEWER_URL}/getip`, { headers: { accept: 'application/json' } })
    assert.deepEqual(((await shown.json()) as { addresses: unknown[] }).addresses, [])
  },
)

test('an address signed with another secret is not printed', guard, async () => {
  await using stack = await startDeployment()
  await ipupdater(['update'], stack.home)
  const { code, stdout, stderr } = await ipupdater(['get'], {
    ...stack.home,
    SECRET: 'a secret of somebody else',
  })
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /does not verify/)
})

test('if one of two servers is down, the other gets the address', guard, async () => {
  await using stack = await startDeployment()
  const down = `http://127.0.0.1:${await freePort()}`
  const servers = `${down},${stack.home.SERVER_URL}`
  const { code, stdout } = await ipupdater(['update', '--retry-for', '0'], {
    ...stack.home,
    SERVER_URL: servers,
  })
  assert.equal(code, 75)
  assert.match(stdout, /^127\.0\.0\.1 is new at/)
  assert.equal((await ipupdater(['get'], stack.home)).stdout, '127.0.0.1\n')
})

test('run reports on schedule, logs only changes, is healthy, and stops on SIGTERM', guard, async () => {
  await using stack = await startDeployment()
  const settings = { ...stack.home, SCHEDULE: '* * * * * *', STATUS_FILE: join(stack.dir, 'status.json') }
  assert.equal((await ipupdater(['health'], settings)).code, 1)
  await using updater = start(['services/client/main.ts', 'run'], { ...settings, LOG_LEVEL: 'debug' })
  await updater.printed(/The server has our address address=127\.0\.0\.1/)
  await updater.printed(/(Reported, nothing has changed[\s\S]*){2}/)
  const health = await ipupdater(['health'], settings)
  assert.deepEqual([health.code, health.stdout.startsWith('The last report to http')], [0, true])
  updater.kill('SIGTERM')
  assert.equal(await updater.ended, 0)
  assert.equal(updater.output().match(/ (INFO|WARN|ERROR) /g)?.length, 3) // start, address, stop
})

test('run logs once when the server is down and once when it is back; the address stays', guard, async () => {
  const port = await freePort()
  await using stack = await startDeployment({ PORT: String(port) })
  const settings = { ...stack.home, SCHEDULE: '* * * * * *', STATUS_FILE: join(stack.dir, 'status.json') }
  await using updater = start(['services/client/main.ts', 'run'], settings)
  await updater.printed(/The server has our address/)
  stack.receiver.kill('SIGTERM')
  await stack.receiver.ended
  await updater.printed(/WARN .*Nothing listens on this port/)
  await until(async () => (await ipupdater(['health'], settings)).code === 1)
  assert.equal((await ipupdater(['get', '--max-age', '1h'], stack.home)).stdout, '127.0.0.1\n')
  await using _back = await startReceiver(stack, { PORT: String(port) })
  await updater.printed(/Reports succeed again/)
  await until(async () => (await ipupdater(['health'], settings)).code === 0)
})

test('SIGHUP brings the next report forward', guard, async () => {
  await using stack = await startDeployment()
  const settings = {
    ...stack.home,
    SCHEDULE: '@yearly',
    LOG_LEVEL: 'debug',
    STATUS_FILE: join(stack.dir, 's'),
  }
  await using updater = start(['services/client/main.ts', 'run'], settings)
  await updater.printed(/The server has our address/)
  // Then the first report has ended.
  await until(async () => (await ipupdater(['health'], settings)).code === 0)
  updater.kill('SIGHUP')
  await updater.printed(/Reported, nothing has changed/)
})

test('SECRET_FILE is read again for each report, so a rotation needs no restart', guard, async () => {
  await using stack = await startDeployment()
  const file = join(stack.dir, 'secret')
  writeFileSync(file, 'a secret of somebody else')
  const { SECRET: _none, ...rest } = stack.home
  const settings = {
    ...rest,
    SECRET_FILE: file,
    SCHEDULE: '* * * * * *',
    STATUS_FILE: join(stack.dir, 's'),
  }
  await using updater = start(['services/client/main.ts', 'run'], settings)
  await updater.printed(/ERROR The server does not accept this device's secret/)
  writeFileSync(file, `${SECRET}\n`)
  await updater.printed(/The server has our address/)
})
