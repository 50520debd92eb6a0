import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceName, Secret } from '@ipupdater/protocol'
import fc from 'fast-check'
import type { RegistrySecret } from './device-table.ts'
import { DeviceTable } from './device-table.ts'

const names = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/).map(name => name as DeviceName)
const secrets = fc
  .array(
    fc.record(
      {
        secret: fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }).map(text => text as Secret),
        added: fc.nat(Number.MAX_SAFE_INTEGER),
      },
      { noNullPrototype: true },
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((found): RegistrySecret[] => found)

test('it answers as a Map would, after any additions and replacements', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, secrets)), names, (entries, other) => {
      const map = new Map(entries)
      const table = new DeviceTable()
      for (const [device, known] of entries) table.set(device, known)
      for (const device of [...map.keys(), other]) {
        assert.deepEqual(table.secretsOf(device), map.get(device) ?? [])
      }
      assert.equal(table.size, map.size)
    }),
  )
})

for (const expected of [0, 50_000]) {
  test(`50,000 devices are all found again in a table made for ${expected}`, () => {
    const table = new DeviceTable(expected)
    const nameOf = (i: number) => `device-${i}` as DeviceName
    const secretOf = (i: number) => [{ secret: `secret of ${i} ${'x'.repeat(i % 50)}` as Secret, added: i }]
    for (let i = 0; i < 50_000; i++) table.set(nameOf(i), secretOf(i))
    assert.equal(table.size, 50_000)
    for (let i = 0; i < 50_000; i++) assert.deepEqual(table.secretsOf(nameOf(i)), secretOf(i))
    assert.deepEqual(table.secretsOf(nameOf(50_000)), [])
  })
}

test('a table that was given back knows nobody', () => {
  const table = new DeviceTable()
  const home = 'home' as DeviceName
  table.set(home, [{ secret: 'a secret of length' as Secret, added: 1 }])
  table[Symbol.dispose]()
  assert.deepEqual([table.secretsOf(home), table.size], [[], 0])
})
