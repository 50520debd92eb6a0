import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Receipt } from '@ipupdater/protocol'
import { ProtocolError, parseAddress } from '@ipupdater/protocol'
import type { CommitOutcome, Report } from '@ipupdater/storage'
import { home, signed } from '../fixtures/device.ts'
import type { Source } from '../source/client-address.ts'
import type { RecordReportDeps } from './record-report.ts'
import { recordReport } from './record-report.ts'

const now = 1_763_827_200_000
const address = parseAddress('192.31.196.7')
const elsewhere = parseAddress('192.31.196.8')
const receipt: Receipt = { result: 'new', address, firstSeen: now, lastSeen: now }
const { proof } = signed('ipupdater-update', '{}').request
const report: Report = {
  device: home,
  address,
  at: now,
  interval: 300,
  evidence: { kind: 'signed', proof, secretAdded: 17, skewMs: 7000 },
}

test('a report that passes every check is committed with all that is known of it', async () => {
  const { deps, committed, accepted } = start()
  assert.equal(await recordReport({ ...report, at: now - 50 }, { address }, deps), receipt)
  assert.deepEqual(committed, [{ ...report, at: now - 50 }])
  assert.deepEqual(accepted, [[home, receipt]])
})

test('a report from an unclear source is refused', async () => {
  await refused('source-unclear', report, start(), { unclear: 'why' })
})

test('a report from a masked source is refused, even if private addresses are allowed', async () => {
  await refused('source-masked', report, start({ isMasked: () => true, allowPrivateAddresses: true }))
})

test('a report from another address than the one it names is refused', async () => {
  await refused('address-mismatch', report, start(), { address: elsewhere })
})

test('a report of a private address is refused, unless such addresses are allowed', async () => {
  const privateAddress = parseAddress('192.168.1.2')
  const fromLan = { ...report, address: privateAddress }
  await refused('address-not-public', fromLan, start(), { address: privateAddress })
  const allowing = start({ allowPrivateAddresses: true })
  await recordReport(fromLan, { address: privateAddress }, allowing.deps)
  assert.equal(allowing.committed[0]?.address, privateAddress)
})

test('a given loopback, link-local or multicast address is refused, even if private addresses are allowed', async () => {
  const evidence = { kind: 'password', secretAdded: 17, given: true } as const
  const allowing = () => start({ allowPrivateAddresses: true })
  for (const text of [
    '127.0.0.1',
    '0.0.0.0',
    '169.254.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    'fe80::1',
    'ff02::1',
  ]) {
    await refused('address-not-public', { ...report, address: parseAddress(text), evidence }, allowing())
  }
  const { deps, committed } = allowing()
  await recordReport({ ...report, address: parseAddress('fd00::7'), evidence }, { address }, deps)
  assert.equal(committed.length, 1)
})

test('the source is checked before the timestamp', async () => {
  await refused('address-mismatch', { ...report, at: 0 }, start(), { address: elsewhere })
})

test('a timestamp is accepted up to the edge of the window, and not beyond', async () => {
  const { deps, committed } = start()
  await recordReport({ ...report, at: now - 120_000 }, { address }, deps)
  assert.equal(committed.length, 1)
  await refused('stale', { ...report, at: now - 120_001 }, start())
  await refused('timestamp-ahead', { ...report, at: now + 1 }, start())
})

test('a report costs the device something only once it is committed as news', async () => {
  const notNewer: CommitOutcome = { refused: 'not-newer', last: now }
  for (const [given, outcome, cost] of [
    [{ ...report, at: 0 }, receipt, 0],
    [report, notNewer, 0],
    [report, { ...receipt, repeated: true }, 0],
    [report, receipt, 1],
  ] as const) {
    const { deps, consumed } = start({}, outcome)
    await recordReport(given, { address }, deps).catch(() => {})
    assert.equal(consumed.length, cost)
  }
})

test('a report of a device that is over its limit is not committed', async () => {
  const assertSignedLeft = () => {
    throw new ProtocolError('rate-limited', 'too many')
  }
  const limits = { assertSignedLeft, consumeSigned: () => {} }
  await refused('rate-limited', report, start({ limits }))
})

test('a repeated report gets its receipt again, and is no news', async () => {
  const { deps, accepted } = start({}, { ...receipt, repeated: true })
  assert.deepEqual(await recordReport(report, { address }, deps), { ...receipt, repeated: true })
  assert.deepEqual(accepted, [])
})

test('a report that is not newer than the last one is refused, and is no news', async () => {
  const { deps, accepted } = start({}, { refused: 'not-newer', last: now })
  await assert.rejects(recordReport(report, { address }, deps), { code: 'not-newer' })
  assert.deepEqual(accepted, [])
})

test("if the last report is later than the server's clock, the clock is behind", async () => {
  const { deps } = start({}, { refused: 'not-newer', last: now + 1 })
  await assert.rejects(recordReport(report, { address }, deps), { code: 'clock-behind' })
})

test('a report overtaken while it waited is not newer: the clock is not the cause', async () => {
  const times = [now, now + 20]
  const { deps } = start({ now: () => times.shift() ?? 0 }, { refused: 'not-newer', last: now + 10 })
  await assert.rejects(recordReport(report, { address }, deps), { code: 'not-newer' })
})

test('a commit that fails is an error', async () => {
  const { deps } = start({ store: { commit: () => Promise.reject(new Error('no disk')) } })
  await assert.rejects(recordReport(report, { address }, deps), /no disk/)
})

interface Started {
  deps: RecordReportDeps
  committed: Report[]
  accepted: unknown[]
  consumed: unknown[]
}

function start(changed: Partial<RecordReportDeps> = {}, outcome: CommitOutcome = receipt): Started {
  const committed: Report[] = []
  const accepted: unknown[] = []
  const consumed: unknown[] = []
  const commit = async (update: Report) => {
    committed.push(update)
    return outcome
  }
  const deps: RecordReportDeps = {
    now: () => now,
    isMasked: () => false,
    allowPrivateAddresses: false,
    windowMs: 120_000,
    clockToleranceMs: 0,
    limits: { assertSignedLeft: () => {}, consumeSigned: (...key) => void consumed.push(key) },
    store: { commit },
    events: { accepted: (...news) => void accepted.push(news) },
    ...changed,
  }
  return { deps, committed, accepted, consumed }
}

async function refused(
  code: string,
  given: Report,
  { deps, committed }: Started,
  source: Source = { address },
): Promise<void> {
  await assert.rejects(recordReport(given, source, deps), { code })
  assert.deepEqual(committed, [])
}
