import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { openReader, sqliteFile } from '@ipupdater/storage'
import { createVolumes, startReceiver } from '../fixtures/programs.ts'
import { createRandom } from '../fixtures/random.ts'
import { addDevices } from '../fixtures/registry.ts'
import { report } from './counts.ts'
import type { Tally, Target } from './hostile/campaign.ts'
import { runCampaign } from './hostile/campaign.ts'
import type { Results } from './hostile/verify-many.ts'

const MEBIBYTE = 1024 * 1024

test('the verifier refuses a million hostile messages, but no equivalent of an honest one', async t => {
  const seeds = [20_261_122, 20_261_123]
  const parts = await Promise.all(seeds.map(seed => verifyMany(seed, 350_000)))
  const sum = (count: (part: Results) => number) => parts.reduce((total, part) => total + count(part), 0)
  const tried = sum(part => part.tried)
  report(t, 'hostile-verifier', {
    tried,
    accepted: sum(part => part.wrongCount),
    everyByte: sum(part => part.everyByte),
    sameAsHonest: sum(part => part.same),
    validInOwnName: sum(part => part.valid),
  })
  for (const [index, part] of parts.entries()) {
    assert.deepEqual(part.wrong, [], `seed ${seeds[index]}`)
    assert.ok(
      part.memory.late - part.memory.early < 2 * MEBIBYTE,
      `memory grows: ${JSON.stringify(part.memory)}`,
    )
    assert.ok(
      Object.values(part.byEdit).every(count => count > 1_000),
      `each edit is tried: ${JSON.stringify(part.byEdit)}`,
    )
    assert.ok(part.same > 1_000 && part.valid > 1_000, 'too few valid messages')
  }
  assert.ok(tried >= 1_000_000)
})

test('over HTTP the receiver accepts none of 50,000 hostile messages, and never fails', async t => {
  const seed = 20_261_124
  using volumes = createVolumes()
  const targets = ['home', 'office', 'cabin', 'attic', 'boat', 'barn', 'shed', 'garage'].map(
    (name, index): Target => ({
      device: { name, secret: `${name} has a secret of its own` },
      from: `127.0.1.${index + 1}`,
      accepted: [],
      heard: { requests: [], answers: [] },
    }),
  )
  addDevices(
    volumes,
    targets.map(({ device }) => device),
  )
  // The real limits would refuse nearly all messages unread, and have their own test.
  const none = '1000000'
  const limits = {
    RATE_LIMIT_PREFIX: none,
    RATE_LIMIT_FAILURES: none,
    RATE_LIMIT_UNSIGNED: none,
    RATE_LIMIT_DEVICE: none,
  }
  await using receiver = await startReceiver(volumes, { ...limits, WINDOW: '1h' })

  const tally: Tally = { sent: 0, refused: 0, closed: 0, same: 0, wrong: [], statuses: {} }
  await using reader = openReader({ sqlite: sqliteFile(volumes.dataDir) })
  const campaign = { port: receiver.port, reader, devices: targets, tally }
  const attackAll = async (rounds: number) => {
    const runs = targets.map((one, index) =>
      runCampaign(campaign, one, createRandom(seed + index + tally.sent), { rounds, perRound: 100 }),
    )
    // A failure must not end the test while other runs use its resources.
    await Promise.allSettled(runs)
    await Promise.all(runs)
  }
  // Warm-up: the heap grows to its size.
  await attackAll(32)
  const early = await receiver.memory()
  const residentEarly = receiver.resident()
  await attackAll(36)
  const late = await receiver.memory()
  const resident = receiver.resident()

  const { sent, refused, closed, same, wrong, statuses } = tally
  const honest = targets.flatMap(({ accepted }) => accepted).length
  const failed = Object.entries(statuses).filter(([status]) => Number(status) >= 500)
  report(t, 'hostile-http', {
    sent,
    accepted: wrong.length,
    failed: failed.length,
    refused,
    closed,
    same,
    honest,
  })
  t.diagnostic(`answers by status: ${JSON.stringify(statuses)}; seed ${seed}`)
  t.diagnostic(`bytes in use ${early} → ${late}, RSS ${residentEarly} → ${resident}`)
  assert.deepEqual(wrong.slice(0, 5), [])
  assert.ok(sent >= 50_000)
  assert.ok(late - early < 2 * MEBIBYTE, `memory grows: ${early} → ${late}`)
  assert.ok(resident - residentEarly < 32 * MEBIBYTE, `RSS grows: ${residentEarly} → ${resident}`)

  // The database must contain only what the devices themselves reported.
  const { addresses } = await reader.current({ limit: 100 })
  const stored = addresses.map(({ device, address, firstSeen, lastSeen, confirmations }) => ({
    device,
    address,
    firstSeen,
    lastSeen,
    confirmations,
  }))
  const reported = targets.map(({ device, from, accepted }) => ({
    device: device.name,
    address: from,
    firstSeen: accepted[0],
    lastSeen: accepted.at(-1),
    confirmations: accepted.length,
  }))
  assert.deepEqual(
    stored,
    reported.toSorted((one, other) => (one.device < other.device ? -1 : 1)),
  )
  assert.equal((await reader.history({ limit: 100 }))?.entries.length, targets.length)
})

async function verifyMany(seed: number, count: number): Promise<Results> {
  const program = join(import.meta.dirname, 'hostile/verify-many.ts')
  const child = fork(program, [String(seed), String(count)], { execArgv: ['--expose-gc'] })
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`exited with ${code}`)))
  const [results] = await Promise.race([once(child, 'message'), ended])
  return results
}
