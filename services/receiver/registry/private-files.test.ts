import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDeviceName, parseSecret } from '@ipupdater/protocol'
import { createLog, StartError, silentLog } from '@ipupdater/runtime'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { addDevice } from './change-registry.ts'
import { openRegistry } from './open-registry.ts'
import { closeToOthers } from './private-files.ts'
import { signedEntry } from './registry-line.ts'

const home = parseDeviceName('home')
const cabin = parseDeviceName('cabin')
const secret = parseSecret('a secret of the tests')

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

/** Starts as the receiver does, and returns what it has logged. */
async function start(dir: string): Promise<string> {
  const lines: string[] = []
  const log = createLog({ level: 'info', format: 'text', write: line => lines.push(line) })
  await using _registry = await openRegistry({ dir, log })
  return lines.join('\n')
}

test('a KEYS_DIR that everyone can change is closed at start, and the log says so', async () => {
  const dir = temporaryDirectory()
  chmodSync(dir, 0o777)
  assert.match(await start(dir), /WARN .*too wide.* path=\S+ before=0777 now=0700/)
  assert.equal(modeOf(dir), '700')
})

test('files with secrets that others can read are closed at start, also the leftovers', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, secret, 1))
  const names = ['devices.jsonl', 'devices.jsonl.new', 'devices.jsonl.before-2026']
  for (const name of names) {
    if (!existsSync(join(dir, name))) writeFileSync(join(dir, name), '')
    chmodSync(join(dir, name), 0o644)
  }
  const logged = await start(dir)
  for (const name of names) {
    assert.equal(modeOf(join(dir, name)), '600', name)
    assert.ok(logged.includes(`${name} before=0644 now=0600`), logged)
  }
})

test('modes that are right are left alone, without a word', async () => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home, secret, 1))
  chmodSync(dir, 0o755)
  assert.equal(await start(dir), '')
  assert.equal(modeOf(dir), '755')
})

test('a KEYS_DIR of another owner that everyone can change is refused', {
  skip: process.getuid?.() !== 0 && 'needs root',
}, () => {
  const dir = temporaryDirectory()
  chownSync(dir, 1000, 1000)
  chmodSync(dir, 0o777)
  process.seteuid?.(65534)
  try {
    assert.throws(
      () => closeToOthers(dir, silentLog),
      (error: StartError) => {
        assert.ok(error instanceof StartError)
        const message = `KEYS_DIR=${dir} can be changed by every user of this machine (mode 0777).`
        assert.equal(error.message, message)
        assert.ok(error.cure.startsWith(`run as its owner or as root: chmod 700 ${dir}.`), error.cure)
        return true
      },
    )
  } finally {
    process.seteuid?.(0)
  }
})

test('the mode of a file that a link in KEYS_DIR points to is not changed', async () => {
  const dir = temporaryDirectory()
  const foreign = join(dir, 'foreign')
  writeFileSync(foreign, '')
  chmodSync(foreign, 0o644)
  symlinkSync(foreign, join(dir, 'devices.jsonl.before'))
  closeToOthers(dir, silentLog)
  assert.equal(modeOf(foreign), '644')
  symlinkSync(foreign, join(dir, 'devices.jsonl'))
  assert.throws(() => closeToOthers(dir, silentLog), /contains secrets and can be read by every user/)
  assert.equal(modeOf(foreign), '644')
})

test('a KEYS_DIR that is a link to a directory is closed as any other', async () => {
  const dir = temporaryDirectory()
  chmodSync(dir, 0o777)
  const link = join(dir, 'link')
  symlinkSync(dir, link)
  closeToOthers(link, silentLog)
  assert.equal(modeOf(dir), '700')
})

test('a leftover devices.jsonl.new is neither followed nor does it keep its mode', async () => {
  const dir = temporaryDirectory()
  const victim = join(dir, 'precious')
  writeFileSync(victim, 'precious')
  symlinkSync(victim, join(dir, 'devices.jsonl.new'))
  await addDevice(dir, signedEntry(home, secret, 1))
  assert.equal(readFileSync(victim, 'utf8'), 'precious')
  writeFileSync(join(dir, 'devices.jsonl.new'), 'left by a process that was killed', { mode: 0o644 })
  await addDevice(dir, signedEntry(cabin, secret, 1))
  assert.equal(modeOf(join(dir, 'devices.jsonl')), '600')
  assert.deepEqual(readdirSync(dir).sort(), ['devices.jsonl', 'devices.lock', 'precious'])
})

test('what cannot be replaced as a file is left, and named', async () => {
  const dir = temporaryDirectory()
  mkdirSync(join(dir, 'devices.jsonl.new'))
  await assert.rejects(addDevice(dir, signedEntry(home, secret, 1)), {
    name: 'RegistryError',
    code: 'unwritable',
  })
  assert.deepEqual(readdirSync(dir).sort(), ['devices.jsonl.new', 'devices.lock'])
})
