import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { parseAddress, parseDeviceName, parseSecret } from '@ipupdater/protocol'
import { silentLog } from '@ipupdater/runtime'
import { openReader, openStore, sqliteFile } from '@ipupdater/storage'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { addDevice, beginRotation, listDevices } from './change-registry.ts'
import { followRotations } from './follow-rotations.ts'
import { openRegistry } from './open-registry.ts'
import { signedEntry } from './registry-line.ts'

const home = parseDeviceName('home')
const first = parseSecret('the first of all secrets')
const second = parseSecret('the second of the secrets')

/** A device in rotation, and the database in which another receiver records its reports. */
async function rotating(t: TestContext) {
  const dir = temporaryDirectory()
  const keys = join(dir, 'keys')
  mkdirSync(keys)
  await addDevice(keys, signedEntry(home, first, 1))
  await beginRotation(keys, home, second, 2)
  const location = { sqlite: sqliteFile(dir) }
  const elsewhere = await openStore(location)
  t.after(() => elsewhere[Symbol.asyncDispose]())
  const reader = openReader(location)
  t.after(() => reader[Symbol.asyncDispose]())
  return {
    keys,
    reader,
    reportWith: (secretAdded: number, at: number) =>
      elsewhere.commit({
        device: home,
        address: parseAddress('192.0.2.1'),
        at,
        interval: null,
        evidence: {
          kind: 'signed',
          proof: { contentDigest: '', signatureInput: '', signature: '', body: '' },
          secretAdded,
          skewMs: 0,
        },
      }),
  }
}

test('the first look ends a rotation that ended at another receiver, and no other', async t => {
  const { keys, reader, reportWith } = await rotating(t)
  await using registry = await openRegistry({ dir: keys, readOnly: true, log: silentLog })
  await reportWith(1, 1000)
  {
    await using _follower = await followRotations({ registry, reader, log: silentLog })
    assert.deepEqual(
      registry.secretsOf(home).map(({ added }) => added),
      [2, 1],
    )
  }
  await reportWith(2, 2000)
  await using _follower = await followRotations({ registry, reader, log: silentLog })
  assert.deepEqual(registry.secretsOf(home), [{ secret: second, added: 2 }])
})

test('it goes on looking', async t => {
  const { keys, reader, reportWith } = await rotating(t)
  await using registry = await openRegistry({ dir: keys, log: silentLog })
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const watched = {
    get rotating() {
      return registry.rotating
    },
    secretsOf: registry.secretsOf,
    passwordDevice: registry.passwordDevice,
    endRotation(device: typeof home) {
      registry.endRotation(device)
      resolve()
    },
  }
  await using _follower = await followRotations({ registry: watched, reader, log: silentLog, everyMs: 1 })
  await reportWith(2, 1000)
  await ended
  assert.equal(registry.secretsOf(home).length, 1)
})

test('a registry that is read only is not written to, and says nothing of it', async t => {
  const { keys, reader, reportWith } = await rotating(t)
  await reportWith(2, 1000)
  const before = await Array.fromAsync(listDevices(keys))
  const warnings: string[] = []
  const log = { ...silentLog, warn: (text: string) => void warnings.push(text) }
  {
    await using registry = await openRegistry({ dir: keys, readOnly: true, log })
    await using _follower = await followRotations({ registry, reader, log })
    await registry.refresh()
    assert.equal(registry.secretsOf(home).length, 1)
  }
  assert.deepEqual([warnings, await Array.fromAsync(listDevices(keys))], [[], before])
})

test('while the database cannot be read, both secrets stay', async t => {
  const { keys } = await rotating(t)
  await using reader = openReader({ sqlite: '/does/not/exist' })
  await using registry = await openRegistry({ dir: keys, log: silentLog })
  await using _follower = await followRotations({ registry, reader, log: silentLog })
  assert.equal(registry.secretsOf(home).length, 2)
})
