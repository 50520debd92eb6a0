import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestName } from './nearest-name.ts'

const names = ['TZ', 'HOST', 'PORT', 'DEVICE', 'WINDOW', 'DATA_DIR', 'TRUSTED_PROXIES']

const meant: [given: string, name: string | undefined][] = [
  ['PROT', 'PORT'], // swapped
  ['DEVCE', 'DEVICE'], // left out
  ['DEVICES', 'DEVICE'], // added
  ['WINDOV', 'WINDOW'], // replaced
  ['port', 'PORT'],
  ['DATADIR', 'DATA_DIR'],
  ['TRUSTED_PROXYS', 'TRUSTED_PROXIES'],
  ['TRUST_PROXIES', 'TRUSTED_PROXIES'],
  ['HOME', undefined],
  ['HOSTNAME', undefined],
  ['PATH', undefined],
  ['PWD', undefined],
  ['WINDOWID', undefined], // every X terminal sets it
  ['T', undefined],
]

for (const [given, name] of meant) {
  test(`${given} is taken for ${name ?? 'none of our names'}`, () => {
    assert.equal(nearestName(given, names), name)
  })
}
