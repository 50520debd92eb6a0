import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDeviceName, parseSecret } from '@ipupdater/protocol'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import {
  addDevice,
  beginRotation,
  dropOlderSecrets,
  dropSecret,
  listDevices,
  removeDevice,
} from './change-registry.ts'
import type { RegistryErrorCode } from './registry-error.ts'
import { RegistryError } from './registry-error.ts'
import { signedEntry } from './registry-line.ts'
import { lockRegistry } from './registry-lock.ts'

const home = parseDeviceName('home')
const cabin = parseDeviceName('cabin')
const first = parseSecret('the first of all secrets')
const second = parseSecret('the second of the secrets')

async function contentOf(dir: string): Promise<[device: string, added: number[]][]> {
  const entries = await Array.fromAsync(listDevices(dir))
  return entries.map(({ device, secrets }) => [device, secrets.map(({ added }) => added)])
}

function fails(work: Promise<unknown>, code: RegistryErrorCode): Promise<void> {
  return assert.rejects(work, (error: Error) => error instanceof RegistryError && error.code === code)
}

test('devices are added in order, to a file for its owner only, with nothing left next to it', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, first, 1))
  await addDevice(dir, signedEntry(cabin, second, 2))
  assert.deepEqual(await contentOf(dir), [
    ['home', [1]],
    ['cabin', [2]],
  ])
  assert.equal(statSync(join(dir, 'devices.jsonl')).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(dir), ['devices.jsonl', 'devices.lock'])
})

test('a device cannot be added twice', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, first, 1))
  await fails(addDevice(dir, signedEntry(home, second, 2)), 'known-device')
  assert.deepEqual(await contentOf(dir), [['home', [1]]])
})

test('a rotation puts a second secret first, and can be finished', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, first, 1))
  await beginRotation(dir, home, second, 5)
  assert.deepEqual(await contentOf(dir), [['home', [5, 1]]])
  await fails(beginRotation(dir, home, second, 6), 'rotation-begun')
  await dropSecret(dir, home, 'older')
  assert.deepEqual(await contentOf(dir), [['home', [5]]])
  await fails(dropSecret(dir, home, 'older'), 'no-rotation')
})

test('a cancelled rotation leaves the first secret', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, first, 1))
  await beginRotation(dir, home, second, 5)
  await dropSecret(dir, home, 'newer')
  assert.deepEqual(await contentOf(dir), [['home', [1]]])
})

test('a clock that was stepped back does not make the new secret the older one', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, first, 1_000))
  await beginRotation(dir, home, second, 5)
  assert.deepEqual(await contentOf(dir), [['home', [1_001, 1_000]]])
})

test('removing a device leaves the others', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, first, 1))
  await addDevice(dir, signedEntry(cabin, second, 2))
  await removeDevice(dir, home)
  assert.deepEqual(await contentOf(dir), [['cabin', [2]]])
  await fails(removeDevice(dir, home), 'unknown-device')
})

test('older secrets are removed only if the newest is still the one that was used', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, first, 1))
  await beginRotation(dir, home, second, 5)
  await dropOlderSecrets(dir, new Map([[home, { secret: first, added: 4 }]]))
  assert.deepEqual(await contentOf(dir), [['home', [5, 1]]])
  await dropOlderSecrets(dir, new Map([[home, { secret: second, added: 5 }]]))
  assert.deepEqual(await contentOf(dir), [['home', [5]]])
})

test('a damaged file is not overwritten, and the line is named', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, first, 1))
  const file = join(dir, 'devices.jsonl')
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"device":"cabin","secr`)
  const before = readFileSync(file, 'utf8')
  await assert.rejects(
    addDevice(dir, signedEntry(cabin, second, 2)),
    /^RegistryError: line 2 of .*devices\.jsonl is not JSON/,
  )
  assert.equal(readFileSync(file, 'utf8'), before)
  assert.deepEqual(readdirSync(dir), ['devices.jsonl', 'devices.lock'])
})

test('while another process has the lock, nothing is changed', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, first, 1))
  using _lock = lockRegistry(dir, 0)
  await fails(dropOlderSecrets(dir, new Map()), 'locked')
})

test('twenty devices added by twenty processes at once are all there', async () => {
  const dir = temporaryDirectory()
  const program = `
    import { addDevice } from ${JSON.stringify(import.meta.resolve('./change-registry.ts'))}
    import { signedEntry } from ${JSON.stringify(import.meta.resolve('./registry-line.ts'))}
    const [dir, name] = process.argv.slice(1)
    await addDevice(dir, signedEntry(name, 'a secret of length', 1))`
  const exits = Array.from({ length: 20 }, async (_, i) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, dir, `device-${i}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = await once(child, 'exit')
    return code
  })
  assert.deepEqual(new Set(await Promise.all(exits)), new Set([0]))
  assert.equal((await contentOf(dir)).length, 20)
})

test('a process that is killed while it has the lock does not leave it behind', async () => {
  const dir = temporaryDirectory()
  const program = `
    import { lockRegistry } from ${JSON.stringify(import.meta.resolve('./registry-lock.ts'))}
    globalThis.lock = lockRegistry(process.argv[1], 0) // or the garbage collection would end it
    console.log('locked')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, dir])
  await once(child.stdout, 'data')
  await fails(dropOlderSecrets(dir, new Map()), 'locked')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await addDevice(dir, signedEntry(home, first, 1))
})
