import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Address, Receipt } from '@ipupdater/protocol'
import { encodeUpdate, ProtocolError, parseAddress } from '@ipupdater/protocol'
import type { AcceptedUpdate, CommitOutcome } from '@ipupdater/storage'
import type { AcceptUpdateDeps } from './accept-update.ts'
import { acceptUpdate } from './accept-update.ts'
import type { Caller } from './caller.ts'
import type { Source } from './source-address.ts'
import { callerOf, home, signed } from './test-device.ts'

const now = 1_763_827_200_000
const address = parseAddress('192.31.196.7')
const receipt: Receipt = { result: 'new', address, firstSeen: now, lastSeen: now }

test('an update that passes every check is committed with all that is known of it', async () => {
  const { deps, committed } = start()
  const caller = update({ timestamp: now - 50, interval: 300, created: now / 1000 + 7 })
  assert.equal(await acceptUpdate(caller, deps), receipt)
  assert.deepEqual(committed, [
    {
      device: home,
      address,
      timestamp: now - 50,
      interval: 300,
      proof: caller.request.proof,
      skewMs: 7000,
      secretAdded: 17,
    },
  ])
})

test('an update without an interval promises none', async () => {
  const { deps, committed } = start()
  await acceptUpdate(update({}), deps)
  assert.equal(committed[0]?.interval, null)
})

test('a device clock that is years behind is no reason to refuse', async () => {
  const { deps, committed } = start()
  await acceptUpdate(update({ created: 0 }), deps)
  assert.equal(committed[0]?.skewMs, -now)
})

test('a body that is no update is refused before anything else', async () => {
  const caller = callerOf(signed('ipupdater-update', '{}').request, { unclear: 'why' })
  await refused('malformed', caller, start())
})

test('an update from an unclear source is refused', async () => {
  await refused('source-unclear', update({ source: { unclear: 'why' } }), start())
})

test('an update from a masked source is refused, even where private addresses are allowed', async () => {
  await refused('source-masked', update({}), start({ isMasked: () => true, allowPrivateAddresses: true }))
})

test('an update from another address than it names is refused', async () => {
  await refused('address-mismatch', update({ source: { address: parseAddress('192.31.196.8') } }), start())
})

test('an update of a private address is refused, unless such are allowed', async () => {
  const home = parseAddress('192.168.1.2')
  const caller = update({ address: home, source: { address: home } })
  await refused('address-not-public', caller, start())
  const allowing = start({ allowPrivateAddresses: true })
  await acceptUpdate(caller, allowing.deps)
  assert.equal(allowing.committed[0]?.address, '192.168.1.2')
})

test('the source is checked before the timestamp', async () => {
  const caller = update({ timestamp: 0, source: { address: parseAddress('192.31.196.8') } })
  await refused('address-mismatch', caller, start())
})

test('a timestamp is taken up to the edge of the window, and not beyond', async () => {
  const { deps, committed } = start()
  await acceptUpdate(update({ timestamp: now - 120_000 }), deps)
  assert.equal(committed.length, 1)
  await refused('stale', update({ timestamp: now - 120_001 }), start())
  await refused('timestamp-ahead', update({ timestamp: now + 1 }), start())
})

test('only what passes every check counts against the limit of the device', async () => {
  const admitted: string[] = []
  const limits = { admitUpdate: async (device: string) => void admitted.push(device) }
  await refused('stale', update({ timestamp: 0 }), start({ limits }))
  assert.deepEqual(admitted, [])
  await acceptUpdate(update({}), start({ limits }).deps)
  assert.deepEqual(admitted, [home])
})

test('an update over the limit is not committed', async () => {
  const limits = { admitUpdate: () => Promise.reject(new ProtocolError('rate-limited', 'too many')) }
  await refused('rate-limited', update({}), start({ limits }))
})

test('an update that is not newer than the last is refused', async () => {
  const { deps } = start({}, { refused: 'not-newer', last: now })
  await assert.rejects(acceptUpdate(update({}), deps), { code: 'not-newer' })
})

test("an update is refused as before the clock's time where the last one is later than the clock", async () => {
  const { deps } = start({}, { refused: 'not-newer', last: now + 1 })
  await assert.rejects(acceptUpdate(update({}), deps), { code: 'clock-behind' })
})

test('an update overtaken while it waited is not newer: the clock is not to blame', async () => {
  const times = [now, now + 20]
  const { deps } = start({ now: () => times.shift() ?? 0 }, { refused: 'not-newer', last: now + 10 })
  await assert.rejects(acceptUpdate(update({}), deps), { code: 'not-newer' })
})

test('a commit that fails is an error', async () => {
  const { deps } = start({ store: { commit: () => Promise.reject(new Error('no disk')) } })
  await assert.rejects(acceptUpdate(update({}), deps), /no disk/)
})

interface Given {
  address?: Address
  timestamp?: number
  interval?: number
  created?: number
  source?: Source
}

function update(given: Given): Caller {
  const { address: named = address, timestamp = now, interval, created = now / 1000, source } = given
  const body = encodeUpdate({ address: named, timestamp, ...(interval === undefined ? {} : { interval }) })
  return callerOf(signed('ipupdater-update', body, { created }).request, source ?? { address })
}

interface Started {
  deps: AcceptUpdateDeps
  committed: AcceptedUpdate[]
}

function start(changed: Partial<AcceptUpdateDeps> = {}, outcome: CommitOutcome = receipt): Started {
  const committed: AcceptedUpdate[] = []
  const commit = async (accepted: AcceptedUpdate) => {
    committed.push(accepted)
    return outcome
  }
  const deps: AcceptUpdateDeps = {
    now: () => now,
    isMasked: () => false,
    allowPrivateAddresses: false,
    windowMs: 120_000,
    limits: { admitUpdate: async () => {} },
    store: { commit },
    ...changed,
  }
  return { deps, committed }
}

async function refused(code: string, caller: Caller, { deps, committed }: Started): Promise<void> {
  await assert.rejects(acceptUpdate(caller, deps), { code })
  assert.deepEqual(committed, [])
}
