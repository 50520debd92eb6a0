import assert from 'node:assert/strict'
import { on, once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAddress } from '@ipupdater/protocol'
import { silentLog } from '@ipupdater/runtime'
import { createApp } from './create-app.ts'
import { listen } from './listen.ts'

const flooder = '127.0.0.9'
const honest = '127.0.0.1'
const halfHeader = 'POST /ip HTTP/1.1\r\nHost: x\r\nX: '

test('a holder over its limit loses its own quietest connection, and no one else does', async t => {
  const { open } = await start(t, { connectionsPerHolder: 3 })
  const other = await open(honest)
  const own = [await open(flooder), await open(flooder), await open(flooder)]
  await own[0]?.ask()
  const newest = await open(flooder)
  await own[1]?.closed
  for (const connection of [own[0], own[2], newest, other]) await connection?.ask()
})

test('if the server is full, the largest holder loses a connection, even one without a request', async t => {
  const { open } = await start(t, { connections: 5 })
  const few = [await open(honest), await open(honest)]
  const many = [await open(flooder), await open(flooder), await open(flooder)]
  many[0]?.socket.write(halfHeader)
  const newcomer = await open('127.0.0.3')
  await many[0]?.closed
  for (const connection of [...few, many[1], many[2], newcomer]) await connection?.ask()
})

test('the largest holder is found whoever came first', async t => {
  const { open } = await start(t, { connections: 5 })
  const many = [await open(flooder), await open(flooder), await open(flooder)]
  const few = [await open(honest), await open(honest)]
  const newcomer = await open('127.0.0.3')
  await many[0]?.closed
  for (const connection of [...few, many[1], many[2], newcomer]) await connection?.ask()
})

test('a connection that was closed does not count', async t => {
  const { open } = await start(t, { connectionsPerHolder: 2 })
  const kept = await open(flooder)
  const closing = await open(flooder)
  closing.socket.end()
  await closing.closed
  const next = await open(flooder)
  await next.ask()
  await kept.ask()
})

test('a connection that is owed an answer is closed last', async t => {
  const gate = Promise.withResolvers<void>()
  const { open, asked } = await start(t, { connectionsPerHolder: 2, gate: gate.promise })
  const busy = await open(flooder)
  const answer = busy.ask('/slow')
  await asked
  const quiet = await open(flooder)
  await open(flooder)
  await quiet.closed
  gate.resolve()
  await answer
})

test('if all of a holder are owed an answer, the oldest one is closed', async t => {
  const { open, asked } = await start(t, { connectionsPerHolder: 1, gate: new Promise(() => {}) })
  const busy = await open(flooder)
  busy.socket.write(request('/slow'))
  await asked
  const next = await open(flooder)
  await busy.closed
  await next.ask()
})

test('a connection with more requests at once than the limit is closed, one with as many is answered', async t => {
  const gate = Promise.withResolvers<void>()
  const { open, asked } = await start(t, { pipelinedRequests: 3, gate: gate.promise })
  const [within, beyond] = [await open(honest), await open(flooder)]
  within.socket.write(request('/slow').repeat(3))
  await asked
  beyond.socket.write(request('/slow').repeat(4))
  await beyond.closed
  const answers = collect(within.socket, 3)
  gate.resolve()
  await answers
  await within.ask()
})

test('requests that follow each other do not add up', async t => {
  const { open } = await start(t, { pipelinedRequests: 1 })
  const client = await open(honest)
  for (let times = 0; times < 5; times++) await client.ask()
})

test('a trusted proxy holds its own connections, not those of its prefix', async t => {
  const proxy = '::1'
  const { open } = await start(t, {
    connectionsPerHolder: 1,
    host: '::',
    isTrustedProxy: address => address === parseAddress(proxy),
  })
  const [first, second] = [await open(honest), await open(proxy)]
  await first.ask()
  await second.ask()
  await open(proxy)
  await second.closed
  await first.ask()
})

for (const [kind, bytes] of [
  ['nothing', ''],
  ['half a header', halfHeader],
] as const) {
  test(`1,000 connections from one address that send ${kind} do not keep an honest client out`, async t => {
    const { open } = await start(t, { connections: 200, connectionsPerHolder: 100 })
    const flood: Socket[] = []
    for (let round = 0; round < 5; round++) {
      const opened = await Promise.all(Array.from({ length: 200 }, () => open(flooder)))
      for (const { socket } of opened) socket.write(bytes)
      flood.push(...opened.map(({ socket }) => socket))
      const client = await open(honest)
      await client.ask()
      client.socket.destroy()
    }
    while (flood.filter(socket => !socket.closed).length > 100) await sleep(5)
  })
}

interface Given {
  connections?: number
  connectionsPerHolder?: number
  pipelinedRequests?: number
  host?: string
  isTrustedProxy?: (address: string) => boolean
  gate?: Promise<void>
}

/** A server that answers at once, except that `/slow` waits for the gate. */
async function start(t: TestContext, given: Given) {
  const { host = '127.0.0.1', gate, isTrustedProxy = () => false, ...limits } = given
  const asked = Promise.withResolvers<void>()
  const app = createApp({ log: silentLog })
  app.use(async ctx => {
    if (ctx.path === '/slow') {
      asked.resolve()
      await gate
    }
    ctx.body = 'answer'
  })
  const defaults = { connections: 1000, connectionsPerHolder: 1000, stopMs: 100 }
  const server = await listen(app, {
    host,
    port: 0,
    isTrustedProxy,
    log: silentLog,
    limits: { ...defaults, ...limits },
  })
  t.after(() => server[Symbol.asyncDispose]())
  const open = (from: string) => openFrom(from, server.port)
  return { open, asked: asked.promise }
}

function request(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
}

/** Once so many answers have come. */
async function collect(socket: Socket, count: number): Promise<void> {
  let received = ''
  for await (const [data] of on(socket, 'data')) {
    received += data
    if (received.match(/HTTP\/1\.1 200 /g)?.length === count) return
  }
}

async function openFrom(localAddress: string, port: number) {
  const host = localAddress.includes(':') ? '::1' : '127.0.0.1'
  const socket = connect({ port, host, localAddress })
  socket.on('error', () => {}) // a reset is one way to be closed
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  const ask = async (path = '/') => {
    socket.write(request(path))
    const [data] = await Promise.race([once(socket, 'data'), closed.then(() => assert.fail('was closed'))])
    assert.match(String(data), /^HTTP\/1\.1 200 .*answer$/s)
  }
  return { socket, ask, closed }
}
