import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startSignOfLife } from './sign-of-life.ts'

test('the file bears the time of the last sign, by the clock of the receiver', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'alive-'))
  t.after(() => rmSync(dataDir, { recursive: true }))
  const times = [1_700_000_000_000, 1_700_000_030_000, 1_700_000_060_000]
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  let last = 0
  const now = () => {
    last = times.shift() ?? last
    if (times.length === 0) resolve()
    return last
  }
  const signs = startSignOfLife({ dataDir, now, checkWritable: async () => {}, everyMs: 1 })
  await asked
  await signs[Symbol.asyncDispose]()
  assert.equal(statSync(join(dataDir, 'receiver.alive')).mtimeMs, 1_700_000_060_000)
})

test('a directory that cannot be written to does not stop the receiver', async () => {
  const signs = startSignOfLife({ dataDir: '/does/not/exist', now: Date.now, checkWritable: async () => {} })
  await signs[Symbol.asyncDispose]()
})

test('no sign is given while no report could be committed', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'alive-'))
  t.after(() => rmSync(dataDir, { recursive: true }))
  const { promise: askedTwice, resolve } = Promise.withResolvers<void>()
  let asked = 0
  const checkWritable = async () => {
    if (++asked === 2) resolve()
    throw new Error('disk full')
  }
  const signs = startSignOfLife({ dataDir, now: Date.now, checkWritable, everyMs: 1 })
  await askedTwice
  await signs[Symbol.asyncDispose]()
  assert.equal(statSync(join(dataDir, 'receiver.alive'), { throwIfNoEntry: false }), undefined)
})
