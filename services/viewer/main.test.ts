import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import { report } from './fixtures/viewer.ts'

/** The program as it is started, with nothing in its environment but what is given. */
function start(t: TestContext, env: Record<string, string>) {
  const program = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env })
  t.after(() => program.kill('SIGKILL'))
  let output = ''
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output += text
    })
  }
  return {
    program,
    output: () => output,
    async until(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const match = pattern.exec(output)
        if (match !== null) return match
        assert.equal(program.exitCode, null, output)
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    },
  }
}

test('the viewer starts before there is a database, serves once there is one, and stops when asked', async t => {
  const dir = temporaryDirectory()
  const viewer = start(t, { HOST: '127.0.0.1', PORT: '0', DATA_DIR: dir, TZ: 'Asia/Tokyo' })
  const [, url] = await viewer.until(/ ready url=(http:\S+)/)
  await viewer.until(/ waiting for the database code=missing /)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  assert.equal((await fetch(`${url}/getip`)).status, 503)
  await report(dir, { address: '203.0.113.1', at: Date.UTC(2026, 0, 1), interval: null })
  assert.equal(
    await (await fetch(`${url}/getip`)).text(),
    'home  IPv4  203.0.113.1  2026-01-01T09:00:00+09:00\n',
  )
  viewer.program.kill('SIGTERM')
  assert.deepEqual(await once(viewer.program, 'exit'), [0, null])
  assert.match(viewer.output(), / stopped\n$/)
})

test('a secret in the environment is warned of by its name and never by its value', async t => {
  const dir = temporaryDirectory()
  const secret = 'do-not-tell-anybody-of-me'
  const viewer = start(t, { HOST: '127.0.0.1', PORT: '0', DATA_DIR: dir, SECRET: secret })
  await viewer.until(/ ready url=/)
  assert.match(viewer.output(), / WARN {2}the viewer needs no secret: .* variable=SECRET\n/)
  assert.ok(!viewer.output().includes(secret))
})

test('a wrong setting stops the start and says what was given and what is expected', async t => {
  const viewer = start(t, { PORT: 'eighty', TZ: 'Mars/Olympus' })
  assert.deepEqual(await once(viewer.program, 'exit'), [2, null])
  assert.match(viewer.output(), /PORT="eighty" is not a whole number from 0 to 65535/)
  assert.match(viewer.output(), /TZ="Mars\/Olympus" is not a time zone\. Example: Europe\/Berlin or UTC/)
})
