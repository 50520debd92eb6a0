import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { eventually } from '../fixtures/shell.ts'
import { startHome, wan } from './home.ts'
import { buildImage } from './images.ts'
import { startServer } from './server.ts'

test('the viewer in each state of its read-only volume', async t => {
  await buildImage('client')
  await using home = await startHome()
  // Alone, on new volumes.
  const secret = randomBytes(32).toString('base64url')
  await using server = await startServer({ SECRET: secret }, ['--no-deps', 'viewer'])
  const shows = (address: string) =>
    eventually(async () =>
      assert.deepEqual(await server.view('/getip/home'), { status: 200, text: `${address}\n` }),
    )
  /** Before and after a restart. */
  const showsAlsoAfterRestart = async (address: string) => {
    await shows(address)
    await server.compose('restart', '--no-deps', 'viewer')
    await shows(address)
  }

  await t.test('no database yet: alive, not ready, and it says why', async () => {
    await eventually(async () => assert.equal((await server.view('/healthz')).status, 200))
    assert.equal((await server.view('/readyz')).status, 503)
    const answer = await server.view('/getip', 'application/json')
    assert.equal(answer.status, 503)
    assert.equal(JSON.parse(answer.text).code, 'no-database')
  })

  await t.test('the receiver has started: the same viewer gets ready', async () => {
    await server.compose('up', '--detach', '--wait', 'receiver')
    await eventually(async () => assert.equal((await server.view('/readyz')).status, 200))
    assert.equal((await server.view('/getip/home')).status, 404)
  })

  await t.test('the receiver runs', async () => {
    await home.startClient('docker run -d --name ipupdater --read-only --cap-drop ALL ipupdater-client', {
      SERVER_URL: `http://${wan.server}:${server.receiverPort}`,
      SECRET: secret,
      SCHEDULE: '*/2 * * * * *',
    })
    await showsAlsoAfterRestart(wan.first)
  })

  await t.test('the receiver has stopped cleanly', async () => {
    await server.compose('stop', 'receiver')
    await showsAlsoAfterRestart(wan.first)
  })

  await t.test('the receiver was started again', async () => {
    await server.compose('start', 'receiver')
    await home.moveTo(wan.second)
    await showsAlsoAfterRestart(wan.second)
  })

  await t.test('the receiver was killed', async () => {
    await server.compose('kill', 'receiver')
    await showsAlsoAfterRestart(wan.second)
  })

  await t.test('the receiver was started again after that', async () => {
    await server.compose('start', 'receiver')
    await home.moveTo(wan.first)
    await showsAlsoAfterRestart(wan.first)
  })
})
