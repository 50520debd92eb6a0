import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { serverTime, testSecret } from '../fixtures/receiver.ts'
import { ipupdater } from '../fixtures/run-client.ts'
import { current, shown, testViewer } from '../fixtures/viewer.ts'

/** A directory with a command that records its environment; `then` is what it does afterwards. */
function recorder(then = 'exit 0') {
  const directory = temporaryDirectory()
  const command = join(directory, 'command')
  const record = join(directory, 'record')
  writeFileSync(
    command,
    `#!/bin/sh\nenv | grep -E '^(IPUPDATER|SECRET|VIEWER|DEVICE)' | sort | tr '\\n' ' ' >>"${record}"\necho "$@" >>"${record}"\n${then}\n`,
  )
  chmodSync(command, 0o755)
  return {
    command,
    state: join(directory, 'state.json'),
    lines: () => (existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n') : []),
  }
}

/** Ends the loop after so many pauses. */
function stopAfter(pauses: number) {
  let left = pauses
  let now = serverTime
  const stop = new AbortController()
  return {
    stopSignal: () => ({ signal: stop.signal, [Symbol.dispose]: () => {} }),
    now: () => now,
    async sleep(ms: number) {
      now += ms
      if (--left === 0) stop.abort()
    },
  }
}

test('watch runs the command with the change in its environment, and without our secrets', async () => {
  const { command, state, lines } = recorder()
  await using viewer = await testViewer(current(shown('203.0.113.7')))
  const url = viewer.url.replace('http://', 'http://me:password@')
  const args = ['watch', '--state', state, '--', command, 'one', '--json']
  const { code, stdout, stderr } = await ipupdater(args, { VIEWER_URL: url }, stopAfter(2))
  assert.deepEqual([code, stdout], [0, []])
  assert.deepEqual(lines(), [
    'IPUPDATER_ADDRESS=203.0.113.7 IPUPDATER_DEVICE=home IPUPDATER_FAMILY=4 IPUPDATER_PREVIOUS= one --json',
  ])
  assert.match(stderr, /home has the IPv4 address 203\.0\.113\.7\. The command succeeded\./)
  await using later = await testViewer(current(shown('203.0.113.8', { lastSeen: serverTime + 1 })))
  await ipupdater(['watch', 'home', '--viewer', later.url, '--state', state, '--', command], {}, stopAfter(1))
  assert.match(lines()[1] ?? '', /ADDRESS=203\.0\.113\.8 .*PREVIOUS=203\.0\.113\.7/)
})

const refusals: [string, object, RegExp][] = [
  [
    'an altered address',
    { ...shown('203.0.113.7'), address: '203.0.113.8' },
    /the proof says 203\.0\.113\.7/,
  ],
  [
    'an altered proof',
    { ...shown('203.0.113.7'), proof: { ...shown('203.0.113.7').proof, body: '{}' } },
    /does not verify/,
  ],
  [
    'the proof of another device',
    { ...shown('203.0.113.7', { device: 'cabin' }), device: 'home' },
    /proof is of cabin/,
  ],
  ['an old proof', shown('203.0.113.7', { lastSeen: serverTime - 1_000_000 }), /too old/],
  [
    'an unsigned address',
    { ...shown('203.0.113.7'), signed: false, proof: null },
    /has not signed this address/,
  ],
]

for (const [what, entry, sentence] of refusals) {
  test(`watch does not run the command for ${what}`, async () => {
    const { command, state, lines } = recorder()
    await using viewer = await testViewer(current(entry))
    const args = ['watch', '--viewer', viewer.url, '--state', state, '--', command]
    const { stderr } = await ipupdater(args, {}, stopAfter(3))
    assert.deepEqual(lines(), [])
    assert.match(stderr, sentence)
    assert.equal(stderr.split('\n').length, 1)
  })
}

test('with --unsigned, an unsigned address is handled', async () => {
  const { command, state, lines } = recorder()
  await using viewer = await testViewer(current({ ...shown('203.0.113.7'), signed: false, proof: null }))
  const args = ['watch', '--unsigned', '--viewer', viewer.url, '--state', state, '--', command]
  await ipupdater(args, { SECRET: '' }, stopAfter(1))
  assert.equal(lines().length, 1)
})

test('a failing command and a missing one are named with the reason, as text and as JSON', async () => {
  const { command, state } = recorder('exit 3')
  await using viewer = await testViewer(current(shown('203.0.113.7')))
  const args = ['watch', '--viewer', viewer.url, '--state', state]
  const failing = await ipupdater([...args, '--', command], {}, stopAfter(1))
  assert.match(failing.stderr, /^The command failed \(exit code 3; trying again in 5 seconds\)/)
  const missing = await ipupdater([...args, '--json', '--', './no-such-command'], {}, stopAfter(1))
  assert.equal(missing.stderr, '')
  const { outcome, code, detail } = JSON.parse(missing.stdout[0] ?? '')
  assert.deepEqual([outcome, code], ['waiting', 'command-failed'])
  assert.match(detail, /ENOENT/)
})

test('wrong use is refused before anything runs', async () => {
  const { command, state } = recorder()
  const env = { VIEWER_URL: 'http://a.example', SECRET: testSecret }
  const none = await ipupdater(['watch', '--state', state], env)
  assert.deepEqual([none.code, /The command is missing/.test(none.stderr)], [2, true])
  const poll = await ipupdater(['watch', '--state', state, '--poll', 'often', '--', command], env)
  assert.deepEqual([poll.code, /--poll "often" is not a duration/.test(poll.stderr)], [2, true])
  const home = await ipupdater(['watch', '--', command], env)
  assert.deepEqual([home.code, /HOME is not set/.test(home.stderr)], [2, true])
  writeFileSync(state, '{"device":')
  const broken = await ipupdater(['watch', '--state', state, '--', command], env)
  assert.deepEqual([broken.code, /state file of watch cannot be read/.test(broken.stderr)], [1, true])
})
