import assert from 'node:assert/strict'
import { readFileSync, readlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { parseDeviceName, parseSecret } from '@ipupdater/protocol'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { addDevice } from './change-registry.ts'
import { signedEntry } from './registry-line.ts'

const [home, cabin] = ['home', 'cabin'].map(parseDeviceName)
const secret = parseSecret('a secret of the tests')

test('a changed registry is flushed before it replaces the old one, and the replacement after that', async t => {
  const dir = temporaryDirectory()
  await addDevice(dir, signedEntry(home ?? assert.fail(), secret, 1))

  const handle = await open('/')
  await handle.close()
  const prototype = Object.getPrototypeOf(handle) as { sync(): Promise<void>; readonly fd: number }
  const sync = prototype.sync
  const flushed: [name: string, lines: number][] = []
  t.mock.method(prototype, 'sync', function (this: typeof prototype) {
    const path = readlinkSync(`/proc/self/fd/${this.fd}`)
    const lines = readFileSync(join(dir, 'devices.jsonl'), 'utf8').trimEnd().split('\n').length
    flushed.push([basename(path), lines])
    return sync.call(this)
  })
  await addDevice(dir, signedEntry(cabin ?? assert.fail(), secret, 2))
  assert.deepEqual(flushed, [
    ['devices.jsonl.new', 1],
    [basename(dir), 2],
  ])
})
