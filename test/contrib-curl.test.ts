import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from './fixtures/temporary-directory.ts'

// How contrib/ipupdater.sh calls curl: a fake curl records its arguments and answers as set up.

const script = join(import.meta.dirname, '../contrib/ipupdater.sh')
const hasTools = spawnSync('sh', ['-c', 'command -v openssl']).status === 0
const options = { skip: !hasTools && 'needs openssl' }

test('curl gets exactly the flags that keep the exchange safe', options, async () => {
  const { run, calls } = fakeCurl()
  await run({ TIMEOUT: '7', PAUSES: '0' })
  const [call = []] = calls()
  // curl reads ~/.curlrc unless this is the first argument.
  assert.equal(call[0], '-q')
  const flags = call.filter((each, index) => each.startsWith('-') && call[index - 1] !== '--header')
  assert.deepEqual(flags, [
    '-q',
    '--noproxy',
    '--silent',
    '--show-error',
    '--proto',
    '--max-time',
    '--max-filesize',
    '--request',
    '--header',
    '--header',
    '--header',
    '--header',
    '--data-binary',
    '--output',
    '--dump-header',
    '--write-out',
  ])
  const valueAfter = (flag: string) => call[call.indexOf(flag) + 1]
  assert.equal(valueAfter('--noproxy'), '*')
  assert.equal(valueAfter('--proto'), '=http,https')
  assert.equal(valueAfter('--max-time'), '7')
  assert.equal(valueAfter('--max-filesize'), '65536')
  assert.equal(valueAfter('--request'), 'POST')
  assert.equal(valueAfter('--data-binary'), '{}')
  assert.equal(call.at(-1), 'http://ddns.example.org:8080/ip')
})

for (const [FAMILY, flag] of [
  ['4', '-4'],
  ['6', '-6'],
  ['auto', undefined],
] as const) {
  test(`FAMILY=${FAMILY} gives curl ${flag ?? 'no family'}`, options, async () => {
    const { run, calls } = fakeCurl()
    await run({ FAMILY, PAUSES: '0' })
    assert.deepEqual(
      calls()[0]?.filter(each => each === '-4' || each === '-6'),
      flag === undefined ? [] : [flag],
    )
  })
}

test('PAUSES has one pause per retry, and each retry sends the same message', options, async () => {
  const { run, calls } = fakeCurl()
  const { code, stderr } = await run({ PAUSES: '0 0.0 0' })
  assert.equal(code, 75)
  assert.equal(stderr, 'ipupdater: curl: (7) refused\n')
  const withoutFiles = calls().map(call => call.filter(each => !each.includes('tmp')))
  assert.equal(withoutFiles.length, 4)
  for (const call of withoutFiles) assert.deepEqual(call, withoutFiles[0])
})

test('without PAUSES the attempts are 1, 2 and 4 seconds apart', options, async () => {
  const { run, calls, pauses } = fakeCurl()
  await run({ PAUSES: '' })
  assert.deepEqual([calls().length, pauses()], [4, ['1', '2', '4']])
})

test('a final answer is not retried', options, async () => {
  const { run, calls } = fakeCurl('printf 404')
  const { code } = await run({ PAUSES: '0 0 0' })
  assert.deepEqual([code, calls().length], [1, 1])
})

for (const [exit, code] of [
  [3, 2],
  [60, 1],
  [63, 1],
  [23, 1],
  [28, 75],
] as const) {
  test(`exit code ${exit} of curl becomes ${code}`, options, async () => {
    const { run } = fakeCurl(`echo "curl: (${exit}) reason" >&2; exit ${exit}`)
    assert.equal((await run({ PAUSES: '0' })).code, code)
  })
}

test('its temporary files are private and removed at the end', options, async () => {
  const { run, temporary, directory } = fakeCurl(
    'ls -ld "$TMPDIR"/* "$TMPDIR"/*/* >"$TMPDIR/../modes"; printf 404',
  )
  await run({ PAUSES: '0' })
  const modes = readFileSync(join(directory, 'modes'), 'utf8').trim().split('\n')
  assert.ok(modes.length >= 4, modes.join())
  for (const line of modes) assert.match(line, /^[d-]rw[x-]------/)
  assert.deepEqual(readdirSync(temporary), [])
})

test('on a signal it exits with 75 and leaves no file', options, async () => {
  const { environment, temporary, directory } = fakeCurl(': >"$TMPDIR/../called"; /bin/sleep 1; exit 7')
  const child = spawn('sh', [script], { env: environment({ PAUSES: '0' }), stdio: 'ignore' })
  while (!existsSync(join(directory, 'called'))) await new Promise(resolve => setTimeout(resolve, 10))
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  assert.equal(code, 75)
  assert.deepEqual(readdirSync(temporary), [])
})

test('no control character of a setting or of curl reaches the terminal', options, async () => {
  const { run } = fakeCurl(`printf 'curl: (7) \\033[31mred\\n\\233' >&2; exit 7`)
  assert.equal((await run({ PAUSES: '0' })).stderr, 'ipupdater: curl: (7) [31mred \n')
  const setting = await run({ FAMILY: '\u001b]0;owned\u0007\n' })
  assert.equal(setting.stderr, 'ipupdater: FAMILY="]0;owned " is not 4 or 6.\n')
})

// ---- fixtures ----

/**
 * A curl that records its arguments and then runs `answer` (default: it finds no server), and a sleep that only records
 * its duration.
 */
function fakeCurl(answer = 'echo "curl: (7) refused" >&2; exit 7') {
  const directory = temporaryDirectory()
  const temporary = join(directory, 'tmp')
  const bin = join(directory, 'bin')
  mkdirSync(temporary)
  mkdirSync(bin)
  const record = join(directory, 'calls')
  const slept = join(directory, 'pauses')
  const program = (name: string, text: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  program(
    'curl',
    `for each; do printf '%s\\0' "$each"; done >>"${record}"\nprintf '\\n\\0' >>"${record}"\n${answer}`,
  )
  program('sleep', `printf '%s\\n' "$1" >>"${slept}"`)
  const environment = (settings: Record<string, string>) => ({
    PATH: `${bin}:${process.env.PATH}`,
    TMPDIR: temporary,
    SERVER_URL: 'http://ddns.example.org:8080',
    SECRET: 'correct horse battery staple',
    ...settings,
  })
  return {
    directory,
    temporary,
    environment,
    /** The arguments of each call. */
    calls(): string[][] {
      const words = existsSync(record) ? readFileSync(record, 'utf8').split('\0') : []
      const calls: string[][] = [[]]
      for (const word of words) {
        if (word === '\n') calls.push([])
        else if (word !== '') calls.at(-1)?.push(word)
      }
      return calls.filter(call => call.length > 0)
    },
    /** Seconds, in the order of the pauses. */
    pauses: () => readFileSync(slept, 'utf8').trim().split('\n'),
    run(settings: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
      return new Promise(resolve => {
        execFile('sh', [script], { env: environment(settings) }, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
        )
      })
    },
  }
}
