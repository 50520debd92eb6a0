import assert from 'node:assert/strict'
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseDeviceName, parseSecret } from '@ipupdater/protocol'
import { createLog, StartError } from '@ipupdater/runtime'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { addDevice, beginRotation, listDevices, removeDevice } from './change-registry.ts'
import { openRegistry } from './open-registry.ts'
import type { SingleDevice } from './read-table.ts'
import { signedEntry } from './registry-line.ts'
import { lockRegistry } from './registry-lock.ts'

const home = parseDeviceName('home')
const cabin = parseDeviceName('cabin')
const first = parseSecret('the first of all secrets')
const second = parseSecret('the second of the secrets')
const third = parseSecret('the third one of the secrets')

function place() {
  const dir = temporaryDirectory()
  const lines: string[] = []
  const log = createLog({ level: 'info', format: 'text', write: line => lines.push(line) })
  const open = (single: SingleDevice | null = null, pollMs = 3_600_000) =>
    openRegistry({ dir, single, log, pollMs })
  return { dir, file: join(dir, 'devices.jsonl'), lines, open }
}

async function addedIn(dir: string): Promise<number[][]> {
  return (await Array.fromAsync(listDevices(dir))).map(({ secrets }) => secrets.map(({ added }) => added))
}

test('without a file there is no device, and a device that is not known has no secrets', async () => {
  await using registry = await place().open()
  assert.equal(registry.size, 0)
  assert.deepEqual(registry.secretsOf(home), [])
})

test('devices that are added, rotated and removed count without a restart', async () => {
  const { dir, open } = place()
  await using registry = await open()
  await addDevice(dir, signedEntry(home, first, 1))
  await registry.refresh()
  assert.deepEqual(registry.secretsOf(home), [{ secret: first, added: 1 }])
  await beginRotation(dir, home, second, 2)
  await registry.refresh()
  assert.deepEqual(
    registry.secretsOf(home).map(({ added }) => added),
    [2, 1],
  )
  await removeDevice(dir, home)
  await registry.refresh()
  assert.deepEqual(registry.secretsOf(home), [])
})

test('it follows the file by itself', async () => {
  const { dir, open } = place()
  await using registry = await open(null, 10)
  await addDevice(dir, signedEntry(home, first, 1))
  while (registry.size === 0) await sleep(5)
})

test('a file damaged while it runs changes nothing, and is logged once, with its line and without a secret', async () => {
  const { dir, file, lines, open } = place()
  await addDevice(dir, signedEntry(home, first, 1))
  await using registry = await open()
  writeFileSync(file, '{"device":"home","secrets":[{"secret":"the first of all s')
  await registry.refresh()
  await registry.refresh()
  assert.deepEqual(registry.secretsOf(home), [{ secret: first, added: 1 }])
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /ERROR .*stay in force .*line 1 of .* is not JSON/)
  assert.doesNotMatch(lines[0] ?? '', /the first/)
})

test('a file removed while it runs changes nothing, and is followed again when it is back', async () => {
  const { dir, file, lines, open } = place()
  await addDevice(dir, signedEntry(home, first, 1))
  await using registry = await open()
  unlinkSync(file)
  await registry.refresh()
  assert.equal(registry.size, 1)
  assert.match(lines[0] ?? '', /ERROR/)
  await addDevice(dir, signedEntry(cabin, second, 2))
  await registry.refresh()
  assert.deepEqual([registry.secretsOf(home).length, registry.secretsOf(cabin).length], [0, 1])
})

test('a file damaged at start is refused with its line and the advice', async () => {
  const { file, open } = place()
  writeFileSync(file, '\n{"device":"home"}\n')
  await assert.rejects(open(), (error: StartError) => {
    assert.ok(error instanceof StartError)
    assert.equal(error.message, `line 2 of ${file} has other members than device and secrets.`)
    assert.match(error.cure, /correct that line/)
    return true
  })
})

test('a file that cannot be read at start is refused, and not as one that is damaged', async () => {
  const { file, open } = place()
  mkdirSync(file)
  await assert.rejects(open(), (error: StartError) => {
    assert.equal(error.code, 'volume-unusable')
    assert.ok(error.message.startsWith(`${file} cannot be read: EISDIR`), error.message)
    return true
  })
})

test('a device that is in the file twice is refused', async () => {
  const { file, open } = place()
  const line = '{"device":"home","secrets":[{"secret":"the first of all secrets","added":1}]}\n'
  writeFileSync(file, line + line)
  await assert.rejects(open(), /names the device home twice/)
})

test('the device of the environment is known next to those of the file, with the id 0', async () => {
  const { dir, open } = place()
  await addDevice(dir, signedEntry(cabin, second, 2))
  await using registry = await open({ device: home, secret: first })
  assert.deepEqual(registry.secretsOf(home), [{ secret: first, added: 0 }])
  assert.deepEqual(registry.secretsOf(cabin), [{ secret: second, added: 2 }])
})

test('the environment and the file may name one device with one secret', async () => {
  const { dir, open } = place()
  await addDevice(dir, signedEntry(home, first, 1))
  await using registry = await open({ device: home, secret: first })
  assert.equal(registry.size, 1)
})

test('two secrets for one device in the environment and in the file are a fault, which shows neither', async () => {
  const { dir, open } = place()
  await addDevice(dir, signedEntry(home, first, 1))
  await assert.rejects(open({ device: home, secret: second }), (error: StartError) => {
    assert.equal(error.code, 'registry-conflict')
    assert.match(error.message, /home has another secret in the registry than in SECRET/)
    assert.match(error.cure, /remove SECRET .*from \.env/)
    assert.doesNotMatch(error.message + error.cure, /the first|the second/)
    return true
  })
})

test('the old secret ends when the new one is used, at once and in the file too', async () => {
  const { dir, lines, open } = place()
  await addDevice(dir, signedEntry(home, first, 1))
  await beginRotation(dir, home, second, 2)
  await using registry = await open()
  registry.endRotation(home)
  assert.deepEqual(registry.secretsOf(home), [{ secret: second, added: 2 }])
  await registry.refresh()
  assert.deepEqual(await addedIn(dir), [[2]])
  assert.match(lines[0] ?? '', /rotation ended.* device=home/)
})

test('an ended rotation is written later if another command has the lock, and at the latest on closing', async () => {
  const { dir, open } = place()
  await addDevice(dir, signedEntry(home, first, 1))
  await beginRotation(dir, home, second, 2)
  const registry = await open()
  registry.endRotation(home)
  {
    using _lock = lockRegistry(dir, 0)
    await registry.refresh()
    assert.deepEqual(await addedIn(dir), [[2, 1]])
  }
  await registry[Symbol.asyncDispose]()
  assert.deepEqual(await addedIn(dir), [[2]])
})

test('a rotation begun after the use of a secret is not ended by that use', async () => {
  const { dir, open } = place()
  await addDevice(dir, signedEntry(home, first, 1))
  await beginRotation(dir, home, second, 2)
  await using registry = await open()
  registry.endRotation(home)
  await registry.refresh()
  await beginRotation(dir, home, third, 3)
  await registry.refresh()
  assert.deepEqual(
    registry.secretsOf(home).map(({ added }) => added),
    [3, 2],
  )
})

test('a device that reports by password has no secrets to sign with, and one that signs has no password', async () => {
  const { dir, open } = place()
  await addDevice(dir, signedEntry(home, first, 1))
  const secrets = [{ secret: second, added: 2 }]
  await addDevice(dir, { device: cabin, kind: 'password', interval: 300, secrets })
  await using registry = await open()
  assert.deepEqual(registry.secretsOf(cabin), [])
  assert.deepEqual(registry.passwordDevice(cabin), { kind: 'password', interval: 300, secrets })
  assert.equal(registry.passwordDevice(home), null)
  assert.equal(registry.secretsOf(home).length, 1)
})
