import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { ipupdater, start, startDeployment, until } from './fixtures/deployment.ts'
import { temporaryDirectory } from './fixtures/temporary-directory.ts'

// get, watch, export and audit with a real receiver and viewer, and with a viewer that lies.

const guard = { timeout: 400_000 }

test('get, watch, export and audit accept what the device signed', guard, async () => {
  await using server = await startDeployment()
  await report(server.home)
  const ran = await readEveryWay(server.home)
  assert.deepEqual(ran.get, { code: 0, stdout: '127.0.0.1\n', sentence: '' })
  assert.deepEqual(ran.export.code, 0)
  assert.match(ran.export.stdout, /^127\.0\.0\.1 home$/m)
  assert.deepEqual(ran.audit, {
    code: 0,
    stdout: 'home: 1 entry, 1 of them verified, no findings.\n',
    sentence: '',
  })
  assert.equal(ran.watch.stdout, '4 127.0.0.1 \n')
})

test('get, watch, export and audit refuse a viewer that lies, and say why', guard, async t => {
  await using server = await startDeployment()
  await using other = await startDeployment({ DEVICE: 'cabin' })
  await report(server.home)
  await report({ ...other.home, DEVICE: 'cabin' })
  const foreign = (await documentAt(`${other.home.VIEWER_URL}/getip/cabin?format=json`)).addresses?.[0]
  assert.ok(foreign)
  const lies: [string, (entry: Entry) => Entry, RegExp][] = [
    [
      'an altered address',
      entry => ({ ...entry, address: '203.0.113.66' }),
      /the proof says 127\.0\.0\.1, the viewer says 203\.0\.113\.66/,
    ],
    [
      'an altered proof',
      entry => ({
        ...entry,
        address: '203.0.113.66',
        proof: { ...entry.proof, body: entry.proof.body.replace('127.0.0.1', '203.0.113.66') },
      }),
      /body .* does not match|digest/i,
    ],
    [
      'the proof of another device',
      entry => ({ ...entry, lastSeen: foreign.lastSeen, proof: foreign.proof }),
      /the proof is of cabin, not of home/,
    ],
    [
      'no proof',
      ({ proof: _proof, ...entry }) => entry as Entry,
      /has not signed this address|it has no proof/,
    ],
  ]
  for (const [what, lie, sentence] of lies) {
    const VIEWER_URL = await startLiar(t, server.home.VIEWER_URL, lie)
    const { watch, ...ran } = await readEveryWay({ ...server.home, VIEWER_URL })
    for (const [command, { code, stdout, sentence: said }] of Object.entries(ran)) {
      assert.equal(code, 1, `${command}: ${what}`)
      assert.doesNotMatch(stdout, /^(127\.0\.0\.1|203\.0\.113\.66)( home)?$/m, `${command}: ${what}`)
      assert.match(command === 'audit' ? stdout : said, sentence, `${command}: ${what}`)
    }
    assert.equal(watch.stdout, '', what)
    assert.match(watch.sentence, sentence, what)
  }
})

test('watch refuses a rolled-back viewer at once, the others when its proof is old', guard, async t => {
  await using server = await startDeployment()
  await report(server.home)
  const before = await Promise.all(
    ['/getip/home', '/history/home'].map(async path => [
      path,
      await (await fetch(`${server.home.VIEWER_URL}${path}?format=json`)).text(),
    ]),
  )
  await report(server.home)
  const first = watching(server.home)
  await until(async () => first.handled() !== '')
  await first.stop()
  const VIEWER_URL = await startReplay(t, Object.fromEntries(before))
  const home = { ...server.home, VIEWER_URL }
  const second = watching(home, first.state)
  await second.said(/The viewer shows an older state than before/)
  await second.stop()
  assert.equal(second.handled(), '')
  const old = { ...home, MAX_AGE: '1s' }
  const get = () => ipupdater(['get'], old)
  await until(async () => (await get()).code === 1)
  assert.match((await get()).stderr, /too old \(127\.0\.0\.1 was reported .* the limit is 1 second/)
  const exported = await ipupdater(['export', 'hosts'], old)
  assert.equal(exported.code, 1)
  assert.match(exported.stderr, /too old/)
  const audited = await ipupdater(['audit'], old)
  assert.equal(audited.code, 1)
  assert.match(audited.stdout, /too old/)
})

// ---- fixtures ----

interface Entry {
  address: string
  lastSeen: number
  proof: { body: string }
}

async function report(settings: Record<string, string>): Promise<void> {
  const { code, stderr } = await ipupdater(['update'], { INTERVAL: '300', ...settings })
  assert.equal(code, 0, stderr)
}

/** The outcome of each command; for `watch`, what its command printed before a problem or the stop. */
async function readEveryWay(settings: Record<string, string>) {
  const outcome = async (...args: string[]) => {
    const { code, stdout, stderr } = await ipupdater(args, settings)
    return { code, stdout, sentence: code === 0 ? '' : stderr }
  }
  const watch = watching(settings)
  await until(async () => watch.handled() !== '' || watch.output() !== '')
  await watch.stop()
  const [get, exported, audit] = await Promise.all([
    outcome('get'),
    outcome('export', 'hosts'),
    outcome('audit'),
  ])
  return {
    get,
    export: exported,
    audit,
    watch: { code: 0, stdout: watch.handled(), sentence: watch.output() },
  }
}

/** `ipupdater watch` with a command that records its variables. */
function watching(settings: Record<string, string>, stateFile?: string) {
  const directory = temporaryDirectory()
  const state = stateFile ?? join(directory, 'state.json')
  const note = join(directory, 'note')
  const command = join(directory, 'command')
  writeFileSync(
    command,
    `#!/bin/sh\necho "$IPUPDATER_FAMILY $IPUPDATER_ADDRESS $IPUPDATER_PREVIOUS" >>"${note}"\n`,
  )
  chmodSync(command, 0o755)
  const args = ['services/client/main.ts', 'watch', '--poll', '1s', '--state', state, '--', command]
  const program = start(args, settings)
  return {
    state,
    handled: () => (existsSync(note) ? readFileSync(note, 'utf8') : ''),
    output: () => program.output(),
    said: (pattern: RegExp) => program.printed(pattern),
    async stop() {
      // It exits after the command, so the state is written.
      await program[Symbol.asyncDispose]()
    },
  }
}

/** A viewer that changes each address. */
function startLiar(t: TestContext, viewer: string, lie: (entry: Entry) => Entry): Promise<string> {
  return listen(t, async path => {
    const document = await documentAt(`${viewer}${path}`)
    const list = (entries?: Entry[]) => entries?.map(lie)
    return JSON.stringify({
      ...document,
      addresses: list(document.addresses),
      entries: list(document.entries),
    })
  })
}

async function documentAt(url: string): Promise<{ addresses?: Entry[]; entries?: Entry[] }> {
  const answer = await fetch(url, { headers: { accept: 'application/json' } })
  return (await answer.json()) as { addresses?: Entry[]; entries?: Entry[] }
}

/** A viewer that replays earlier answers. */
function startReplay(t: TestContext, answers: Record<string, string>): Promise<string> {
  return listen(t, async path => answers[path.split('?')[0] ?? ''] ?? '')
}

async function listen(t: TestContext, answer: (path: string) => Promise<string>): Promise<string> {
  const server = createServer(async ({ url = '' }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(await answer(url))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
