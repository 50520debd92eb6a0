import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openStore } from '@ipupdater/storage'
import type { Lab } from './test-lab.ts'
import { commit, minute, noonish, report, startLab } from './test-lab.ts'

const first = { address: '203.0.113.1', at: noonish - 9 * minute, interval: null }
const second = { address: '203.0.113.2', at: noonish - 6 * minute, interval: null }
const third = { address: '203.0.113.3', at: noonish - 3 * minute, interval: null }

const browser = { accept: 'text/html' }
const json = { accept: 'application/json' }

/** What the viewer says while it cannot read, in each form, and that it is alive all along. */
async function assertRefuses(lab: Lab, code: string, title: string): Promise<void> {
  for (const path of ['/', '/getip', '/getip/home', '/history', '/history/home']) {
    const text = await lab.get(path)
    assert.equal(text.status, 503, path)
    assert.equal(text.headers.get('retry-after'), '10')
    assert.ok((await text.text()).startsWith(`${title}: `))
    const problem = await lab.get(path, json)
    assert.equal(problem.status, 503)
    assert.equal(((await problem.json()) as { code: string }).code, code)
    const page = await lab.get(path, browser)
    assert.equal(page.status, 503)
    const markup = await page.text()
    assert.ok(markup.includes(`<h1>${title}</h1>`))
    assert.ok(markup.includes('<meta http-equiv="refresh" content="10">'))
  }
  assert.equal((await lab.get('/healthz')).status, 200)
  const ready = await lab.get('/readyz')
  assert.equal(ready.status, 503)
  assert.equal(((await ready.json()) as { code: string }).code, code)
}

/** Ready again: checked at most once a second, so it may take one. */
async function assertReady(lab: Lab): Promise<void> {
  for (let attempt = 0; attempt < 30; attempt++) {
    const answer = await lab.get('/readyz')
    if (answer.status === 200) {
      assert.deepEqual(await answer.json(), { status: 'ready', database: 'readable' })
      return
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  assert.fail('not ready after three seconds')
}

const databaseIn = (lab: Lab) => join(lab.dir, 'ipupdater.sqlite')

test('before there is a database the viewer says so, and shows it as soon as it is there', async t => {
  const lab = await startLab(t)
  await assertRefuses(lab, 'no-database', 'There is no database yet')
  await report(lab.dir, first)
  assert.equal(await lab.text('/getip/home'), '203.0.113.1\n')
  await assertReady(lab)
})

test('while the receiver runs, the next answer has each update that it has acknowledged', async t => {
  const lab = await startLab(t)
  await using store = await openStore({ dir: lab.dir })
  assert.equal(await lab.text('/getip'), '')
  for (const one of [first, second, third]) {
    await commit(store, one)
    assert.equal(await lab.text('/getip/home'), `${one.address}\n`)
    assert.equal((await lab.text('/history/home')).split(/ +/)[2], one.address)
  }
})

test('after the receiver has stopped, and when it runs again, the addresses are shown all along', async t => {
  const lab = await startLab(t)
  await report(lab.dir, first)
  assert.equal(await lab.text('/getip/home'), '203.0.113.1\n')
  await report(lab.dir, second)
  assert.equal(await lab.text('/getip/home'), '203.0.113.2\n')
  await using store = await openStore({ dir: lab.dir })
  assert.equal(await lab.text('/getip/home'), '203.0.113.2\n')
  await commit(store, third)
  assert.equal(await lab.text('/getip/home'), '203.0.113.3\n')
})

test('after the receiver was killed, what it had acknowledged is shown, before and after it is back', async t => {
  const lab = await startLab(t)
  await report(lab.dir, first)
  assert.equal(await lab.text('/getip/home'), '203.0.113.1\n')
  const writer = spawn(
    process.execPath,
    [join(import.meta.dirname, 'test-writer.ts'), lab.dir, second.address, String(second.at)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(writer.stdout, 'data')
  writer.kill('SIGKILL')
  await once(writer, 'exit')
  assert.equal(await lab.text('/getip/home'), '203.0.113.2\n')
  await report(lab.dir, third)
  assert.equal(await lab.text('/getip/home'), '203.0.113.3\n')
})

test('a database of a newer receiver is refused, until the viewer knows it', async t => {
  const lab = await startLab(t)
  await report(lab.dir, first)
  assert.equal(await lab.text('/getip/home'), '203.0.113.1\n')
  const setSchema = (version: number) => {
    using database = new DatabaseSync(databaseIn(lab))
    database.exec(`PRAGMA user_version = ${version}`)
  }
  setSchema(1_000)
  await assertRefuses(lab, 'schema-unknown', 'The database is of another version than this program')
  setSchema(1)
  assert.equal(await lab.text('/getip/home'), '203.0.113.1\n')
  await assertReady(lab)
})

test('a damaged database is refused, and shown again once it is mended', async t => {
  const lab = await startLab(t)
  await report(lab.dir, first)
  const sound = await readFile(databaseIn(lab))
  await writeFile(databaseIn(lab), Buffer.alloc(sound.length, 'damaged '))
  await assertRefuses(lab, 'storage-unavailable', 'The server cannot use its database')
  await writeFile(databaseIn(lab), sound)
  assert.equal(await lab.text('/getip/home'), '203.0.113.1\n')
  await assertReady(lab)
})

test('a database that is removed is gone, and one that is put in its place is shown', async t => {
  const lab = await startLab(t)
  await report(lab.dir, first)
  await copyFile(databaseIn(lab), join(lab.dir, 'backup'))
  await report(lab.dir, second)
  assert.equal(await lab.text('/getip/home'), '203.0.113.2\n')
  for (const suffix of ['', '-wal', '-shm']) await rm(databaseIn(lab) + suffix, { force: true })
  await assertRefuses(lab, 'no-database', 'There is no database yet')
  await rename(join(lab.dir, 'backup'), databaseIn(lab))
  assert.equal(await lab.text('/getip/home'), '203.0.113.1\n')
  await assertReady(lab)
})

test('an answer kept for one state is not given in another', async t => {
  const lab = await startLab(t)
  await report(lab.dir, first)
  const etag = (await lab.get('/getip/home')).headers.get('etag') ?? ''
  await rename(databaseIn(lab), join(lab.dir, 'away'))
  assert.equal((await lab.get('/getip/home', { 'if-none-match': etag })).status, 503)
  await rename(join(lab.dir, 'away'), databaseIn(lab))
  assert.equal((await lab.get('/getip/home')).status, 200)
})
