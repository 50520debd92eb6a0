import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../fixtures/shell.ts'
import { startHome, wan } from './home.ts'
import { buildImage } from './images.ts'
import type { Server } from './server.ts'
import { startServer } from './server.ts'

interface Tenure {
  readonly kind: string
  readonly address: string
  readonly firstSeen: number
  readonly lastSeen: number
  readonly confirmations: number
  readonly open: boolean
}

test('a home behind a NAT router, from the first command to a changed address', async t => {
  await buildImage('client')
  await using home = await startHome()
  await using server = await startServer()
  const shown = async () => (await server.view('/getip/home')).text
  const printed = await server.addDevice('home')
  const [line = ''] = /docker run .*/.exec(printed) ?? []
  const [, secret = ''] = /SECRET=(\S+)/.exec(line) ?? []

  await t.test('the printed command starts a client, and its WAN address is shown', async () => {
    await home.startClient(line, { SCHEDULE: '*/2 * * * * *' })
    await eventually(async () => assert.equal(await shown(), `${wan.first}\n`))
  })

  await t.test('the client is healthy, and logs its address once', async () => {
    await eventually(async () => assert.ok((await tenures(server, 1))[0].confirmations >= 3))
    assert.match(await home.ipupdater('health'), /succeeded/)
    const log = await home.clientLog()
    assert.equal(log.split(wan.first).length - 1, 1, log)
    assert.ok(!log.includes(secret))
  })

  await t.test('a new WAN address is shown, and the history is correct', async () => {
    const moved = Date.now()
    await home.moveTo(wan.second)
    await eventually(async () => assert.equal(await shown(), `${wan.second}\n`))

    const [now, before] = await tenures(server, 2)
    assert.deepEqual([now.address, now.open], [wan.second, true])
    assert.deepEqual([before.address, before.open], [wan.first, false])
    assert.ok(before.firstSeen < before.lastSeen && before.lastSeen < now.firstSeen)
    assert.ok(moved < now.firstSeen)
  })

  await t.test('a killed receiver loses no address, and goes on after its restart', async () => {
    await server.compose('kill', 'receiver')
    assert.equal(await shown(), `${wan.second}\n`)
    const [last] = await tenures(server, 2)
    await eventually(async () => assert.match(await home.clientLog(), /WARN|ERROR/))

    await server.compose('start', 'receiver')
    await eventually(async () => assert.ok((await tenures(server, 2))[0].lastSeen > last.lastSeen))
    const [now, before] = await tenures(server, 2)
    assert.deepEqual([now.address, before.address], [wan.second, wan.first])
    assert.equal(now.firstSeen, last.firstSeen)
    await eventually(async () => assert.match(await home.ipupdater('health'), /succeeded/))
  })

  await t.test('the receiver logs each address only once', async () => {
    const log = await server.compose('logs', '--no-color', 'receiver')
    const named = [...log.matchAll(/ address=(\S+)/g)].map(([, address]) => address)
    assert.deepEqual(named, [wan.first, wan.second], log)
    assert.ok(!log.includes(secret))
  })
})

type History<N extends 1 | 2> = N extends 1 ? readonly [Tenure] : readonly [Tenure, Tenure]

/** All tenures, newest first, which must be `count`. */
async function tenures<N extends 1 | 2>(server: Server, count: N): Promise<History<N>> {
  const { text } = await server.view('/history/home', 'application/json')
  const { entries }: { entries: Tenure[] } = JSON.parse(text)
  const found = entries.filter(({ kind }) => kind === 'tenure')
  assert.equal(found.length, count, text)
  return found as unknown as History<N>
}
