import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceName, Secret } from '@ipupdater/protocol'
import fc from 'fast-check'
import { DeviceTable } from './device-table.ts'
import type { DeviceKind, RegistrySecret } from './registry-line.ts'
import { signedEntry } from './registry-line.ts'

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

const entries = fc.record(
  {
    device: names,
    kind: fc.constantFrom<DeviceKind>('signed', 'password'),
    interval: fc.option(fc.integer({ min: 1, max: 2_678_400 })),
    secrets,
  },
  { noNullPrototype: true },
)

test('it gives the same answers as a Map, after any additions and replacements', () => {
  fc.assert(
    fc.property(fc.array(entries), names, (added, other) => {
      const map = new Map(added.map(({ device, ...known }) => [device, known]))
      const table = new DeviceTable()
      for (const entry of added) table.set(entry)
      for (const device of [...map.keys(), other]) {
        assert.deepEqual(table.get(device), map.get(device) ?? null)
      }
      assert.equal(table.size, map.size)
    }),
  )
})

for (const expected of [0, 50_000]) {
  test(`50,000 devices are all found again in a table made for ${expected}`, () => {
    const table = new DeviceTable(expected)
    const nameOf = (i: number) => `device-${i}` as DeviceName
    const secretOf = (i: number) => `secret of ${i} ${'x'.repeat(i % 50)}` as Secret
    for (let i = 0; i < 50_000; i++) table.set(signedEntry(nameOf(i), secretOf(i), i))
    assert.equal(table.size, 50_000)
    for (let i = 0; i < 50_000; i++) {
      assert.deepEqual(table.get(nameOf(i))?.secrets, [{ secret: secretOf(i), added: i }])
    }
    assert.equal(table.get(nameOf(50_000)), null)
  })
}

test('a freed table contains nothing', () => {
  const table = new DeviceTable()
  const home = 'home' as DeviceName
  table.set(signedEntry(home, 'a secret of length' as Secret, 1))
  table[Symbol.dispose]()
  assert.deepEqual([table.get(home), table.size], [null, 0])
})
