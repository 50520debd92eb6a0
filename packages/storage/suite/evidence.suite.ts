import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backend } from '../contract.suite.ts'
import type { Report } from '../contract.ts'
import { home, report } from '../fixtures/reports.ts'

/** How a store treats devices that do not sign. */
export function testEvidence(backend: Backend): void {
  test('an address that is not signed is shown without a proof, and one that was given as such', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const byPassword = (at: number, address: string, given: boolean): Report => ({
      ...report(at, { address }),
      evidence: { kind: 'password', secretAdded: 1, given },
    })
    await store.commit(byPassword(1000, '192.0.2.1', false))
    await store.commit(byPassword(1000, '2001:db8::1', true))
    assert.deepEqual(await store.commit(byPassword(2000, '192.0.2.1', false)), {
      result: 'refreshed',
      address: '192.0.2.1',
      firstSeen: 1000,
      lastSeen: 2000,
    })
    const shown = await database.reader().currentOf(home)
    assert.deepEqual(
      shown?.map(({ proof, given }) => [proof, given]),
      [
        [null, false],
        [null, true],
      ],
    )
    await store.commit(byPassword(3000, '192.0.2.3', false))
    const [, before] = (await database.reader().history({ device: home, limit: 10 }))?.entries ?? []
    assert.ok(before?.kind === 'tenure')
  })

  test('a device keeps to its kind of evidence, in either family', async t => {
    const database = await backend.database(t)
    const store = await database.store()
    const evidence = { kind: 'password', secretAdded: 1, given: false } as const
    await store.commit(report(1000))
    await store.commit({ ...report(1000, { device: 'router' }), evidence })
    const refused = { refused: 'wrong-kind' }
    assert.deepEqual(await store.commit({ ...report(2000), evidence }), refused)
    assert.deepEqual(await store.commit({ ...report(2000, { address: '2001:db8::1' }), evidence }), refused)
    assert.deepEqual(await store.commit(report(2000, { device: 'router' })), refused)
    const { addresses } = await database.reader().current({ limit: 10 })
    assert.deepEqual(
      addresses.map(({ device, lastSeen, proof }) => [device, lastSeen, proof === null]),
      [
        ['home', 1000, false],
        ['router', 1000, true],
      ],
    )
  })
}
