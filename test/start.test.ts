import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { freePort } from './fixtures/free-port.ts'
import { temporaryDirectory } from './fixtures/temporary-directory.ts'

const root = join(import.meta.dirname, '..')

/** `npm start` without npm, on these ports and in a new directory. */
function start(ports: Record<string, string>) {
  const dir = temporaryDirectory()
  return spawn(process.execPath, [join(root, 'scripts/start.ts')], {
    cwd: dir,
    env: { PATH: process.env.PATH, ...ports },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

for (const variables of [['RECEIVER_PORT'], ['VIEWER_PORT'], ['RECEIVER_PORT', 'VIEWER_PORT']]) {
  const names = variables.join(' and ')
  test(`npm start exits at once if ${names} is in use, and prints a command that works`, async t => {
    const ports: Record<string, number> = { RECEIVER_PORT: await freePort(), VIEWER_PORT: await freePort() }
    const chosen = { ...ports }
    for (const variable of variables) {
      const busy = createServer().listen(0, '127.0.0.1')
      t.after(() => busy.close())
      await once(busy, 'listening')
      const { port } = busy.address() as { port: number }
      ports[variable] = port
      chosen[variable] = port + 1000
    }
    const child = start({ RECEIVER_PORT: `${ports.RECEIVER_PORT}`, VIEWER_PORT: `${ports.VIEWER_PORT}` })
    const [output, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])
    assert.equal(output, '')
    const inUse = variables.map(variable => ports[variable]).join(' and ')
    assert.equal(
      errors,
      `Cannot start: ${variables.length === 1 ? `port ${inUse} is` : `ports ${inUse} are`} in use, perhaps by another npm start; stop it, or run: RECEIVER_PORT=${chosen.RECEIVER_PORT} VIEWER_PORT=${chosen.VIEWER_PORT} npm start\n`,
    )
    assert.equal(code, 2)
  })
}

test('npm start prints short lines, and last the command that shows the address', async t => {
  const [receiver, viewer] = [await freePort(), await freePort()]
  const child = start({ RECEIVER_PORT: String(receiver), VIEWER_PORT: String(viewer) })
  t.after(() => child.kill('SIGTERM'))
  const output = await new Promise<string>((resolve, reject) => {
    let seen = ''
    child.stdout.on('data', data => {
      seen += data
      if (/See the address.*\n/.test(seen)) resolve(seen)
    })
    child.once('exit', code => reject(new Error(`npm start exited with ${code}: ${seen}`)))
  })
  const lines = output.trimEnd().split('\n')
  assert.ok(lines.every(line => line.length <= 100))
  const [, command = ''] = /curl (http\S+)$/.exec(lines.at(-1) ?? '') ?? []
  assert.equal(await (await fetch(command)).text(), '127.0.0.1\n')
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})
