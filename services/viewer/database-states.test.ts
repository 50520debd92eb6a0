import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openStore, sqliteFile } from '@ipupdater/storage'
import type { RunningViewer } from './fixtures/viewer.ts'
import { commit, minute, noonish, report, startViewer } from './fixtures/viewer.ts'

const first = { address: '203.0.113.1', at: noonish - 9 * minute, interval: null }
const second = { address: '203.0.113.2', at: noonish - 6 * minute, interval: null }
const third = { address: '203.0.113.3', at: noonish - 3 * minute, interval: null }

const browser = { accept: 'text/html' }
const json = { accept: 'application/json' }

/** What the viewer says while it cannot read, in each form, and that it is alive all along. */
async function assertRefuses(viewer: RunningViewer, code: string, title: string): Promise<void> {
  for (const path of ['/', '/getip', '/getip/home', '/history', '/history/home']) {
    const text = await viewer.get(path)
    assert.equal(text.status, 503, path)
    assert.equal(text.headers.get('retry-after'), '10')
    assert.ok((await text.text()).startsWith(`${title}. `))
    const problem = await viewer.get(path, json)
    assert.equal(problem.status, 503)
    assert.equal(((await problem.json()) as { code: string }).code, code)
    const page = await viewer.get(path, browser)
    assert.equal(page.status, 503)
    const markup = await page.text()
    assert.ok(markup.includes(`<h1>${title}</h1>`))
    assert.ok(markup.includes('<meta http-equiv="refresh" content="10">'))
  }
  assert.equal((await viewer.get('/healthz')).status, 200)
  const ready = await viewer.get('/readyz')
  assert.equal(ready.status, 503)
  assert.equal(((await ready.json()) as { code: string }).code, code)
}

/** Ready again: checked at most once a second, so it may take one. */
async function assertReady(viewer: RunningViewer): Promise<void> {
  for (let attempt = 0; attempt < 30; attempt++) {
    const answer = await viewer.get('/readyz')
    if (answer.status === 200) {
      assert.deepEqual(await answer.json(), { status: 'ready' })
      return
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  assert.fail('not ready after three seconds')
}

const databaseIn = (viewer: RunningViewer) => join(viewer.dir, 'ipupdater.sqlite')

test('before there is a database the viewer says so, and shows it as soon as it is there', async t => {
  const viewer = await startViewer(t)
  await assertRefuses(viewer, 'no-database', 'There is no database yet')
  await report(viewer.dir, first)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.1\n')
  await assertReady(viewer)
})

test('while the receiver runs, the next answer has each update that it has acknowledged', async t => {
  const viewer = await startViewer(t)
  await using store = await openStore({ sqlite: sqliteFile(viewer.dir) })
  assert.equal(await viewer.text('/getip'), '')
  for (const one of [first, second, third]) {
    await commit(store, one)
    assert.equal(await viewer.text('/getip/home'), `${one.address}\n`)
    assert.equal((await viewer.text('/history/home')).split(/ +/)[2], one.address)
  }
})

test('after the receiver has stopped, and when it runs again, the addresses are shown all along', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, first)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.1\n')
  await report(viewer.dir, second)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.2\n')
  await using store = await openStore({ sqlite: sqliteFile(viewer.dir) })
  assert.equal(await viewer.text('/getip/home'), '203.0.113.2\n')
  await commit(store, third)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.3\n')
})

test('after the receiver was killed, what it had acknowledged is shown, before and after it is back', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, first)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.1\n')
  const writer = spawn(
    process.execPath,
    [join(import.meta.dirname, 'fixtures/writer-process.ts'), viewer.dir, second.address, String(second.at)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(writer.stdout, 'data')
  writer.kill('SIGKILL')
  await once(writer, 'exit')
  assert.equal(await viewer.text('/getip/home'), '203.0.113.2\n')
  await report(viewer.dir, third)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.3\n')
})

test('a database of a newer receiver is refused, until the viewer knows it', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, first)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.1\n')
  const setSchema = (version: number) => {
    using database = new DatabaseSync(databaseIn(viewer))
    const { user_version: present } = database.prepare('PRAGMA user_version').get() as {
      user_version: number
    }
    database.exec(`PRAGMA user_version = ${version}`)
    return present
  }
  const present = setSchema(1_000)
  await assertRefuses(viewer, 'schema-unknown', 'The database has a version that this program does not know')
  setSchema(present)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.1\n')
  await assertReady(viewer)
})

test('a damaged database is refused, and shown again once it is repaired', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, first)
  const sound = await readFile(databaseIn(viewer))
  await writeFile(databaseIn(viewer), Buffer.alloc(sound.length, 'damaged '))
  await assertRefuses(viewer, 'storage-unavailable', 'The server cannot use its database')
  await writeFile(databaseIn(viewer), sound)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.1\n')
  await assertReady(viewer)
})

test('a database that is removed is gone, and one that is put in its place is shown', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, first)
  await copyFile(databaseIn(viewer), join(viewer.dir, 'backup'))
  await report(viewer.dir, second)
  assert.equal(await viewer.text('/getip/home'), '203.0.113.2\n')
  for (const suffix of ['', '-wal', '-shm']) await rm(databaseIn(viewer) + suffix, { force: true })
  await assertRefuses(viewer, 'no-database', 'There is no database yet')
  await rename(join(viewer.dir, 'backup'), databaseIn(viewer))
  assert.equal(await viewer.text('/getip/home'), '203.0.113.1\n')
  await assertReady(viewer)
})

test('an answer kept for one state is not given in another', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, first)
  const etag = (await viewer.get('/getip/home')).headers.get('etag') ?? ''
  await rename(databaseIn(viewer), join(viewer.dir, 'away'))
  assert.equal((await viewer.get('/getip/home', { 'if-none-match': etag })).status, 503)
  await rename(join(viewer.dir, 'away'), databaseIn(viewer))
  assert.equal((await viewer.get('/getip/home')).status, 200)
})
