import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSecret } from '@ipupdater/protocol'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import { COMMANDS } from './command-table.ts'
import { testReceiver } from './fixtures/receiver.ts'
import { ipupdater } from './fixtures/run-client.ts'

test('wrong settings come all at once, by flag or variable, and exit with 2', async () => {
  const { code, stderr } = await ipupdater(['update', '--family', '5', '-n', 'My Home'], { SECRET: 'short' })
  assert.equal(code, 2)
  const faults = [
    /^SERVER_URL is missing/m,
    /^--family "5"/m,
    /^--device "My Home"/m,
    /^SECRET is too short/m,
  ]
  for (const fault of faults) assert.match(stderr, fault)
  assert.doesNotMatch(stderr, /docker|compose/)
})

test('a wrong device is named as flag, variable or argument, as it was given', async () => {
  const env = { VIEWER_URL: 'http://a.example' }
  const byArgument = await ipupdater(['get', 'My Home', '-n', 'home'], env)
  assert.match(byArgument.stderr, /^The argument "My Home" is not a device name/)
  const byFlag = await ipupdater(['get', '-n', 'My Home'], env)
  assert.match(byFlag.stderr, /^--device "My Home" is not a device name/)
  const byVariable = await ipupdater(['get'], { ...env, DEVICE: 'My Home' })
  assert.match(byVariable.stderr, /^DEVICE="My Home" is not a device name/)
})

test('a missing secret names the ways to give it in a file', async () => {
  const { code, stderr } = await ipupdater(['update', '--server', 'http://127.0.0.1:9'], { SECRET: '' })
  assert.equal(code, 2)
  assert.match(stderr, /^SECRET is missing\. Expected: .* --secret-file or SECRET_FILE/m)
})

test('a dead viewer is named, with the variable', async () => {
  const { stderr } = await ipupdater(['get', '--unsigned'], { VIEWER_URL: 'http://127.0.0.1:9' })
  assert.match(stderr, /^Nothing listens on this port of the viewer.*Start the viewer.*VIEWER_URL/m)
})

/** To renew the file after a change, write the `actual` of this test into it, and read the difference. */
test('the help of every command is the one on record', async () => {
  let texts = ''
  for (const topic of [[], ...Object.keys(COMMANDS).map(name => [name])]) {
    const { code, stdout } = await ipupdater(['help', ...topic])
    assert.equal(code, 0)
    texts += `$ ipupdater ${['help', ...topic].join(' ')}\n${stdout.join('\n')}\n\n`
  }
  const record = new URL('fixtures/help.txt', import.meta.url)
  assert.equal(texts, existsSync(record) ? readFileSync(record, 'utf8') : '')
})

test('the short ways to the help lead to the same texts', async () => {
  const help = async (...args: string[]) => (await ipupdater(args)).stdout.join('\n')
  assert.equal(await help('--help'), await help('help'))
  assert.equal(await help('get', '--help'), await help('help', 'get'))
  assert.equal(await help('help', 'help'), await help('help'))
})

test('help for an unknown command names it', async () => {
  const { code, stderr } = await ipupdater(['help', 'nonsense'])
  assert.equal(code, 2)
  assert.match(stderr, /^unknown command 'nonsense'\nWhat to do: run "ipupdater help"\.$/)
})

test('wrong use and wrong settings lead to the help of their own command', async () => {
  for (const args of [
    ['get', '--nonsense'],
    ['get', 'a', 'b'],
    ['get', '--family', '5'],
  ]) {
    const { stderr } = await ipupdater(args, { VIEWER_URL: 'http://a.example' })
    assert.match(stderr, /\nWhat to do: run "ipupdater help get"\.$/)
  }
})

test('without a command, the help comes on stderr and the exit code is 2', async () => {
  const { code, stdout, stderr } = await ipupdater([])
  assert.deepEqual([code, stdout], [2, []])
  assert.match(stderr, /^Usage: .*\nNo command was given\.\nWhat to do: run "ipupdater help"\.$/s)
})

test('a misspelled variable is refused with the right name', async () => {
  const { code, stderr } = await ipupdater(['update'], { SERVER_ULR: 'http://a.example' })
  assert.equal(code, 2)
  assert.match(stderr, /SERVER_ULR is not a setting. Did you mean SERVER_URL/)
})

test('a wrong schedule is refused before anything else happens', async () => {
  const { code, stderr } = await ipupdater(['run', '-w', 'a.example', '--schedule', 'every hour'])
  assert.equal(code, 2)
  assert.match(stderr, /^--schedule "every hour" is not a cron expression: it has 2 fields/)
})

test('with --json, wrong settings are one line on stdout, with the advice as a member', async () => {
  const { code, stdout, stderr } = await ipupdater(['update', '--json'], { INTERVAL: 'banana', SECRET: '' })
  assert.deepEqual([code, stderr, stdout.length], [2, '', 1])
  const { message, advice, ...line } = JSON.parse(stdout[0] ?? '')
  assert.deepEqual(line, { outcome: 'failed', code: 'settings', exit: 2 })
  assert.match(message, /INTERVAL="banana" is not a duration/)
  assert.match(advice, /ipupdater help/)
})

for (const args of [['nonsense'], ['update', '--nonsense'], ['get', 'a', 'b'], ['history', '--limit', '0']]) {
  test(`\`ipupdater ${args.join(' ')}\` is wrong use: exit code 2, as text and as JSON`, async () => {
    const env = { VIEWER_URL: 'http://a.example' }
    const text = await ipupdater(args, env)
    assert.equal(text.code, 2)
    assert.match(text.stderr, /ipupdater help/)
    assert.deepEqual(text.stdout, [])
    const json = await ipupdater([...args, '--json'], env)
    assert.deepEqual([json.code, json.stderr], [2, ''])
    assert.equal(JSON.parse(json.stdout[0] ?? '').code, 'usage')
  })
}

test('help lists the commands, and explains each with its example, defaults and variables', async () => {
  const { code, stdout } = await ipupdater(['help'])
  assert.equal(code, 0)
  for (const name of Object.keys(COMMANDS)) assert.match(stdout.join('\n'), new RegExp(`^  ${name}\\b`, 'm'))
  for (const [name, { example }] of Object.entries(COMMANDS)) {
    const help = await ipupdater(['help', name])
    const flag = await ipupdater([name, '--help'])
    assert.deepEqual([help.code, flag.code, help.stdout], [0, 0, flag.stdout])
    assert.ok(help.stdout.join('\n').includes(`Example:\n  ${example}`), name)
  }
  const update = (await ipupdater(['help', 'update'])).stdout.join('\n').replaceAll(/\s+/g, ' ')
  assert.match(update, /--device <name> the name of the device \[DEVICE, default: home\]/)
  assert.doesNotMatch(update, /--name|--url/)
  const get = (await ipupdater(['help', 'get'])).stdout.join('\n').replaceAll(/\s+/g, ' ')
  assert.match(get, /--viewer <url> the URL of the viewer; if it needs a login, https:\/\/USER:PASSWORD@HOST/)
})

test('every example is a command line that is understood', async () => {
  for (const [name, { example }] of Object.entries(COMMANDS)) {
    const [, words = ''] = /ipupdater ([^>)|]*)/.exec(example) ?? []
    const args = (words.match(/"[^"]*"|\S+/g) ?? []).map(word => word.replaceAll('"', ''))
    assert.equal(args[0], name)
    // Wrong settings stop every command but these: nothing is sent.
    if (['keygen', 'health'].includes(name)) continue
    const { code, stderr } = await ipupdater(args, { FAMILY: '5', SECRET: '' })
    assert.equal(code, 2)
    assert.doesNotMatch(stderr, /unknown|missing required|too many/, stderr)
  }
})

test('--version prints the version', async () => {
  const { code, stdout } = await ipupdater(['--version'])
  assert.deepEqual([code, stdout], [0, ['1.0.0']])
})

test('the old flags still work', async () => {
  await using server = await testReceiver()
  const { code, stdout } = await ipupdater(['ip', '--url', server.url, '--name', 'cabin'])
  assert.deepEqual([code, stdout], [0, ['203.0.113.7']])
  const { proof } = server.arrivals[0]?.request ?? {}
  assert.match(proof?.signatureInput ?? '', /keyid="cabin"/)
})

test('-p warns that others can see the secret, and works', async () => {
  await using server = await testReceiver()
  const args = ['ip', '-u', server.url, '-p', 'a secret for the tests']
  const { code, stderr } = await ipupdater(args, { SECRET: '' })
  assert.equal(code, 0)
  assert.match(stderr, /everybody on this machine can see the secret of -p/)
})

test('--secret-file reads the secret from a file', async () => {
  const dir = temporaryDirectory()
  writeFileSync(join(dir, 'secret'), 'a secret for the tests\n')
  await using server = await testReceiver()
  const args = ['ip', '-u', server.url, '--secret-file', join(dir, 'secret')]
  const { code, stdout } = await ipupdater(args, { SECRET: 'another one, that the flag replaces' })
  assert.deepEqual([code, stdout, server.arrivals.length], [0, ['203.0.113.7'], 1])
})

test('keygen prints another secret at each call', async () => {
  const random = { randomBytes: (size: number) => crypto.getRandomValues(Buffer.alloc(size)) }
  const secrets = await Promise.all(
    Array.from({ length: 3 }, async () => (await ipupdater(['keygen'], {}, random)).stdout[0] ?? ''),
  )
  assert.equal(new Set(secrets).size, 3)
  for (const secret of secrets) assert.equal(parseSecret(secret).length, 43)
  const json = await ipupdater(['keygen', '--json'], {}, random)
  assert.equal(JSON.parse(json.stdout[0] ?? '').secret.length, 43)
})

test('a reader that closes the pipe is no failure', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  assert.deepEqual([code, stderr], [0, ''])
})
