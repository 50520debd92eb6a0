import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { story } from '../scripts/demo/story.ts'
import { freePort } from './fixtures/free-port.ts'

const end = Date.UTC(2026, 10, 25, 12)

test('a seed always gives the same story, and another seed another story', () => {
  assert.deepEqual(story(7, end), story(7, end))
  assert.notDeepEqual(story(7, end), story(8, end))
})

test('the story is a year of four devices, in order of time', () => {
  const reports = story(7, end)
  assert.deepEqual([...new Set(reports.map(({ device }) => device))].sort(), [
    'boat',
    'cabin',
    'home',
    'office',
  ])
  assert.ok(reports.every(({ at }, i) => i === 0 || at >= (reports[i - 1]?.at ?? 0)))
  assert.ok((reports[0]?.at ?? 0) < end - 364 * 86_400_000)
  assert.ok((reports.at(-1)?.at ?? 0) <= end)
})

test('npm run demo shows each device as promised', async t => {
  const port = await freePort()
  const demo = spawn(
    process.execPath,
    [join(import.meta.dirname, '../scripts/demo/main.ts'), '--seed', '7'],
    {
      env: { PATH: process.env.PATH, VIEWER_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  t.after(() => demo.kill('SIGTERM'))
  const output = await new Promise<string>((resolve, reject) => {
    let seen = ''
    demo.stdout.on('data', data => {
      seen += data
      if (/See the page.*\n/.test(seen)) resolve(seen)
    })
    demo.once('exit', code => reject(new Error(`the demo exited with ${code}: ${seen}`)))
  })
  assert.match(output, /^ {2}seed {7}7, /m)

  const url = `http://127.0.0.1:${port}`
  const { addresses } = (await (await fetch(`${url}/getip?format=json`)).json()) as {
    addresses: { device: string; family: number; late: boolean; contested: boolean; lastSeen: number }[]
  }
  assert.deepEqual(
    addresses.map(({ device, family, late, contested }) => [device, family, late, contested]),
    [
      ['boat', 4, true, false],
      ['cabin', 4, true, false],
      ['home', 4, false, false],
      ['home', 6, false, false],
      ['office', 4, false, true],
    ],
  )
  const history = await (await fetch(`${url}/history/home`)).text()
  assert.match(history, /^home {2}outage/m)
  const page = await fetch(url, { headers: { accept: 'text/html', 'accept-encoding': 'identity' } })
  const { byteLength } = await page.arrayBuffer()
  assert.ok(byteLength <= 60_000, `the first page of four devices has ${byteLength} bytes`)
  t.diagnostic(`the first page has ${byteLength} bytes`)
  demo.kill('SIGTERM')
  assert.deepEqual(await once(demo, 'exit'), [0, null])
})
