import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

// The three programs as they are deployed, each in a process of its own, on loopback.

const root = join(import.meta.dirname, '..')
const SECRET = 'a secret from end to end'

// What is waited for is printed sooner or later, or the test would wait for ever.
const guard = { timeout: 120_000 }

test('what a device reports is shown, and proven to whoever has its secret', guard, async () => {
  await using stack = await startHouse()
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

test('ip asks, and leaves no trace', guard, async () => {
  await using stack = await startHouse()
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
    await using stack = await startHouse({ ALLOW_PRIVATE_ADDRESSES: 'false' })
    const refused: [Record<string, string>, RegExp][] = [
      [{ SECRET: 'a secret of somebody else' }, /The server does not accept this device's secret/],
      [{ DEVICE: 'cabin' }, /The server does not accept this device's secret/],
      [{}, /The address cannot be reached from the internet \(.*127\.0\.0\.1.*\)/],
    ]
    for (const [settings, told] of refused) {
      const { code, stdout, stderr } = await ipupdater(['update'], { ...stack.home, ...settings })
      assert.equal(code, 1)
      assert.equal(stdout, '')
      assert.match(stderr, told)
    }
    const shown = await fetch(`${stack.home.VIEWER_URL}/getip`, { headers: { accept: 'application/json' } })
    assert.deepEqual(((await shown.json()) as { addresses: unknown[] }).addresses, [])
  },
)

test('an address that another secret signed is not printed', guard, async () => {
  await using stack = await startHouse()
  await ipupdater(['update'], stack.home)
  const { code, stdout, stderr } = await ipupdater(['get'], {
    ...stack.home,
    SECRET: 'a secret of somebody else',
  })
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /does not verify/)
})

test('two servers, and one of them down: the other one has the address', guard, async () => {
  await using stack = await startHouse()
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
  await using stack = await startHouse()
  const settings = { ...stack.home, SCHEDULE: '* * * * * *', STATUS_FILE: join(stack.dir, 'status.json') }
  assert.equal((await ipupdater(['health'], settings)).code, 1)
  await using updater = start(['services/client/main.ts', 'run'], { ...settings, LOG_LEVEL: 'debug' })
  await updater.printed(/The server has our address address=127\.0\.0\.1/)
  await updater.printed(/(Reported, nothing has changed[\s\S]*){2}/)
  const health = await ipupdater(['health'], settings)
  assert.deepEqual([health.code, health.stdout.startsWith('The last report to http')], [0, true])
  updater.kill('SIGTERM')
  assert.equal(await updater.ended, 0)
  assert.equal(updater.output().match(/ (INFO|WARN|ERROR) /g)?.length, 3) // begins, the address, stops
})

test(
  'run logs once that the server is gone and once that it is back, and the address stays',
  guard,
  async () => {
    const port = await freePort()
    await using stack = await startHouse({ PORT: String(port) })
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
  },
)

test('SIGHUP brings the next report forward', guard, async () => {
  await using stack = await startHouse()
  const settings = {
    ...stack.home,
    SCHEDULE: '@yearly',
    LOG_LEVEL: 'debug',
    STATUS_FILE: join(stack.dir, 's'),
  }
  await using updater = start(['services/client/main.ts', 'run'], settings)
  await updater.printed(/The server has our address/)
  // Once the status is there, the first report is over.
  await until(async () => (await ipupdater(['health'], settings)).code === 0)
  updater.kill('SIGHUP')
  await updater.printed(/Reported, nothing has changed/)
})

test(
  'a secret in a file is read again for each report, so that a rotation needs no restart',
  guard,
  async () => {
    await using stack = await startHouse()
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
  },
)

interface Stack extends AsyncDisposable {
  dir: string
  /** The settings of a client at home. */
  home: { SERVER_URL: string; VIEWER_URL: string; SECRET: string }
  receiver: Program
}

/** A receiver and a viewer on one database, both ready. */
async function startHouse(settings: Record<string, string> = {}): Promise<Stack> {
  const dir = mkdtempSync(join(tmpdir(), 'ipupdater-'))
  const receiver = await startReceiver({ dir }, settings)
  const viewer = start(['services/viewer/main.ts'], {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(dir, 'data'),
  })
  return {
    dir,
    receiver,
    home: { SERVER_URL: await urlOf(receiver), VIEWER_URL: await urlOf(viewer), SECRET },
    async [Symbol.asyncDispose]() {
      await viewer[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
      rmSync(dir, { recursive: true })
    },
  }
}

async function startReceiver({ dir }: { dir: string }, settings: Record<string, string>): Promise<Program> {
  const receiver = start(['services/receiver/main.ts'], {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(dir, 'data'),
    KEYS_DIR: join(dir, 'keys'),
    SECRET,
    ALLOW_PRIVATE_ADDRESSES: 'true',
    RATE_LIMIT_DEVICE: '1000',
    ...settings,
  })
  await urlOf(receiver)
  return receiver
}

async function urlOf(server: Program): Promise<string> {
  const [, url = ''] = await server.printed(/ready url=(\S+)/)
  return url
}

interface Program extends AsyncDisposable {
  output(): string
  /** The match, once it has been printed; rejects if the program ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  ended: Promise<number | null>
}

/** A program with these settings and none of the developer's own. */
function start(args: readonly string[], settings: Record<string, string>): Program {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, TZ: 'UTC', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output += text
      child.emit('printed')
    })
  }
  let isOver = false
  const ended = once(child, 'close').then(([code]): number | null => {
    isOver = true
    child.emit('printed')
    return code
  })
  return {
    output: () => output,
    async printed(pattern) {
      for (;;) {
        const found = pattern.exec(output)
        if (found !== null) return found
        assert.ok(!isOver, `${args.join(' ')} ended before it printed ${pattern}:\n${output}`)
        await once(child, 'printed')
      }
    },
    kill: signal => child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function ipupdater(args: readonly string[], settings: Record<string, string>) {
  const child = spawn(process.execPath, ['services/client/main.ts', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, TZ: 'UTC', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  return { code: code as number | null, stdout, stderr }
}

/** Asks again and again: for what another process does without a word. */
async function until(claim: () => Promise<boolean>): Promise<void> {
  while (!(await claim()));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
