import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAddress, parseDeviceName } from '@ipupdater/protocol'
import { openStore, sqliteFile } from '@ipupdater/storage'
import { startHttpServer } from '../../services/notifier/fixtures/http-server.ts'
import type { Program, Volumes } from '../fixtures/programs.ts'
import { createVolumes, startProgram } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { report } from './counts.ts'

const DEVICES = 40
const KILLS_WHILE_READING = 6
const KILLS_WHILE_SENDING = 18

test('a notifier killed at any step loses no message, and repeats one only with the same id', async t => {
  using volumes = createVolumes()
  await using server = await startHttpServer()
  const random = createRandom(20_261_125)
  const start = () =>
    startProgram(['services/notifier/main.ts'], {
      DATA_DIR: volumes.dataDir,
      NOTIFIER_DIR: `${volumes.dir}/notifier`,
      ALERT_WEBHOOK_URL: server.url,
      ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
      PORT: '0',
    })

  const first = start()
  await first.printed(/waiting for the addresses/)
  await kill(first)
  const expected = await changeAddresses(volumes)

  for (let n = 0; n < KILLS_WHILE_READING; n++) {
    const notifier = start()
    await notifier.printed(/starting/)
    await sleep(random.below(2_000))
    await kill(notifier)
  }

  let kills = 0
  let notifier = start()
  const steps = [
    // Kill before the answer, with it, or just after it, while it is marked.
    (response: ServerResponse) => void response.destroy(),
    (response: ServerResponse) => void response.end('ok'),
    (response: ServerResponse) => void response.end('ok', () => void sleep(random.below(8)).then(killIt)),
  ]
  const killIt = () => notifier.child.kill('SIGKILL')
  server.answer = response => {
    if (kills === KILLS_WHILE_SENDING) return void response.end('ok')
    const step = kills++ % steps.length
    steps[step]?.(response)
    if (step < 2) killIt()
  }
  while (kills < KILLS_WHILE_SENDING) {
    await notifier.ended
    if (kills < KILLS_WHILE_SENDING) notifier = start()
  }
  await notifier.ended
  await using last = start()
  const idsReceived = () => new Set(server.received.map(({ headers }) => headers['webhook-id']))
  while (idsReceived().size < expected.size) await server.count(server.received.length + 1)
  await sleep(3_000) // for surplus messages
  await kill(last)

  report(t, 'crash-notifier', {
    kills: kills + KILLS_WHILE_READING + 2,
    messages: expected.size,
    received: server.received.length,
    lost: [...expected].filter(id => !idsReceived().has(id)).length,
  })
  assert.deepEqual(idsReceived(), expected)
  const bodies = new Map(server.received.map(({ headers, body }) => [body, headers['webhook-id']]))
  assert.equal(bodies.size, expected.size, 'one id has two bodies')
  assert.ok(
    server.received.length > expected.size,
    'no message was sent twice, so no kill hit between sending and marking',
  )
})

/** Each device gets a first address. @returns the ids of the events */
async function changeAddresses(volumes: Volumes): Promise<Set<string>> {
  await using store = await openStore({ sqlite: sqliteFile(volumes.dataDir) })
  const at = Date.now()
  const ids = new Set<string>()
  for (let n = 0; n < DEVICES; n++) {
    const device = parseDeviceName(`device-${n}`)
    const proof = { contentDigest: 'sha-256=:AAAA:', signatureInput: 'sig=()', signature: `${n}`, body: '{}' }
    await store.commit({
      device,
      address: parseAddress('203.0.113.7'),
      at,
      interval: null,
      evidence: { kind: 'signed', proof, skewMs: 0, secretAdded: 1 },
    })
    ids.add(`address-changed_${device}_4_${at}`)
  }
  return ids
}

async function kill(program: Program): Promise<void> {
  program.child.kill('SIGKILL')
  await program.ended
}
