import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { hour, noonish, report, startViewer } from './fixtures/viewer.ts'

const paths = ['/', '/getip', '/getip/home', '/history', '/history/home']
const formats = [
  { accept: '*/*' },
  { accept: 'application/json' },
  { accept: 'text/html', 'user-agent': 'Mozilla/5.0' },
  { accept: 'text/csv' },
]

/** Control and format characters, but for the line feed. */
const control = /[^\n\P{C}]/u

const hostile = [
  '127.0.0.1 -p1 -oProxyCommand=touch x',
  '-oProxyCommand=x',
  '203.0.113.7\n127.0.0.1',
  '\u001b[2J203.0.113.7',
  '203.0.113.7\u202e',
  'example.org',
  '',
]

test('a text in the place of an address is shown in no format', async t => {
  const viewer = await startViewer(t)
  await report(
    viewer.dir,
    { address: '203.0.113.6', at: noonish - 2 * hour },
    { address: '203.0.113.7', at: noonish },
  )
  for (const text of hostile) {
    for (const table of ['open_tenures', 'closed_tenures']) {
      using database = new DatabaseSync(join(viewer.dir, 'ipupdater.sqlite'))
      database.exec('PRAGMA ignore_check_constraints = ON')
      database.prepare(`UPDATE ${table} SET address = ?`).run(text)
    }
    for (const path of paths) {
      for (const headers of formats) {
        const answer = await viewer.get(path, headers)
        const body = await answer.text()
        if (answer.status === 406) continue // no CSV of the current addresses
        assert.equal(answer.status, 503, `${path} with ${JSON.stringify(text)}`)
        assert.match(body, /The database holds an invalid address for device (&quot;|\\?")home/)
        assert.ok(text === '' || !body.includes(text), body)
        assert.doesNotMatch(body, control)
      }
    }
  }
})

test('a time that no calendar has is a sentence, in every format', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, { address: '203.0.113.7', at: noonish })
  using database = new DatabaseSync(join(viewer.dir, 'ipupdater.sqlite'))
  database.exec('PRAGMA ignore_check_constraints = ON')
  for (const time of [Number.MAX_SAFE_INTEGER - 1, Date.UTC(10_000, 0)]) {
    database.prepare('UPDATE open_tenures SET first_seen = ?, last_seen = ?').run(time, time)
    for (const path of [...paths, '/history?format=atom', '/history?format=csv']) {
      for (const headers of formats.slice(0, 3)) {
        const answer = await viewer.get(path, headers)
        assert.equal(answer.status, 503, `${path} with ${time}`)
        assert.match(await answer.text(), /The database holds an invalid time for device (&quot;|\\?")home/)
      }
    }
  }
})

test('a text in the place of a device name is shown in no format', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, { address: '203.0.113.7', at: noonish })
  using database = new DatabaseSync(join(viewer.dir, 'ipupdater.sqlite'))
  database.exec('PRAGMA ignore_check_constraints = ON')
  database.prepare('UPDATE devices SET name = ?').run('\u001b[2Jhome')
  for (const path of ['/', '/history']) {
    for (const headers of formats.slice(0, 3)) {
      const body = await (await viewer.get(path, headers)).text()
      assert.match(body, /The database holds an invalid device name\./)
      assert.doesNotMatch(body, control)
    }
  }
})

test('control characters of a proof reach no page, and JSON only in escaped form', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, { address: '203.0.113.7', at: noonish })
  const proof = {
    contentDigest: '\u001b[2J',
    signatureInput: '\u009b2J',
    signature: '\u202e',
    body: '\u0000\n',
  }
  using database = new DatabaseSync(join(viewer.dir, 'ipupdater.sqlite'))
  database.prepare('UPDATE open_tenures SET proof = ?').run(JSON.stringify(proof))
  assert.doesNotMatch(await viewer.text('/getip/home', { accept: 'text/html' }), control)
  assert.doesNotMatch(await viewer.text('/getip/home', { accept: 'application/json' }), control)
  const { addresses } = (await viewer.json('/getip/home')) as { addresses: { proof: unknown }[] }
  assert.deepEqual(addresses[0]?.proof, proof)
})
