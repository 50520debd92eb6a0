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
  ['tz', 'TZ'],
  ['OPRT', 'PORT'], // swapped at the start
  ['WIDNWO', undefined], // two errors in six letters
  ['DATA_DRI', 'DATA_DIR'],
  ['ADTA_DRI', 'DATA_DIR'], // two errors in eight letters
  ['ADAT_DRI', undefined], // three
  ['DATA', undefined],
  ['PRTO', undefined], // moved by two places
  ['ROTP', undefined],
  ['OXRT', undefined],
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
