import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { Proof } from '@ipupdater/protocol'
import {
  encodeUpdate,
  parseAddress,
  parseObservedAddress,
  parseProblem,
  parseReceipt,
  parseSecret,
  verifyAnswer,
  verifyProof,
} from '@ipupdater/protocol'
import { StorageError } from '@ipupdater/storage'
import { home, homeSecret, signed } from './fixtures/device.ts'
import type { Answer, Message, Sending } from './fixtures/http.ts'
import type { RunningReceiver } from './fixtures/receiver.ts'
import { startReceiver } from './fixtures/receiver.ts'

const here = '192.31.196.7'
const elsewhere = '192.31.196.8'

test('a device asks for its address and reports it, and both answers are signed', async t => {
  const receiver = await startReceiver(t)
  const ask = signed('ipupdater-ip', '{}')
  const seen = await receiver.send('/ip', ask, { from: here })
  assert.equal(seen.status, 200)
  assert.equal(seen.headers['content-type'], 'application/json')
  verifyAnswer(seen, ask.request, homeSecret)
  const sighting = parseObservedAddress(String(seen.body))
  assert.deepEqual(sighting, { address: here, timestamp: receiver.now() })

  receiver.pass(250)
  const update = signed('ipupdater-update', encodeUpdate({ ...sighting, interval: 300 }))
  const done = await receiver.send('/update', update, { from: here })
  assert.equal(done.status, 200)
  verifyAnswer(done, update.request, homeSecret)
  assert.deepEqual(parseReceipt(String(done.body)), {
    result: 'new',
    address: here,
    firstSeen: sighting.timestamp,
    lastSeen: sighting.timestamp,
  })

  const [current] = (await receiver.reader.currentOf(home)) ?? []
  assert.equal(current?.address, here)
  assert.equal(current.interval, 300)
  assert.equal(verifyProof(current.proof as Proof, [homeSecret]).address, here)
})

test("each answer is signed with the server's time and its own 128-bit nonce", async t => {
  const receiver = await startReceiver(t)
  const ask = () => receiver.send('/ip', signed('ipupdater-ip', '{}'), { from: here })
  const parameters = (await receiver.repeat(2, ask)).map(({ headers }) =>
    /;created=(\d+);nonce="([\w-]{22})"/.exec(String(headers['signature-input']))?.slice(1),
  )
  assert.deepEqual(
    parameters.map(found => found?.[0]),
    ['1763827200', '1763827200'],
  )
  assert.notEqual(parameters[0]?.[1], parameters[1]?.[1])
})

test('a request for the address records nothing', async t => {
  const receiver = await startReceiver(t)
  await receiver.send('/ip', signed('ipupdater-ip', '{}'), { from: here })
  assert.deepEqual(await receiver.stored(), [])
})

test('a report of the same address extends its tenure, one of another address begins a new tenure', async t => {
  const receiver = await startReceiver(t)
  const first = await receiver.report({ from: here })
  receiver.pass(60_000)
  const second = await receiver.report({ from: here })
  assert.deepEqual(second, { ...first, result: 'refreshed', lastSeen: receiver.now() })
  receiver.pass(60_000)
  const third = await receiver.report({ from: elsewhere })
  assert.deepEqual(third, {
    result: 'new',
    address: elsewhere,
    firstSeen: receiver.now(),
    lastSeen: receiver.now(),
  })
  assert.equal((await receiver.stored()).length, 2)
})

test('IPv4 and IPv6 addresses are recorded independently', async t => {
  const receiver = await startReceiver(t)
  await receiver.report({ from: here })
  await receiver.report({ from: '2001:4:112::7' })
  const current = (await receiver.reader.currentOf(home)) ?? []
  assert.deepEqual(
    current.map(({ family, address }) => [family, address]),
    [
      [4, here],
      [6, '2001:4:112::7'],
    ],
  )
})

test('an identical message after a lost answer gets the same answer and changes nothing', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  const first = await receiver.send('/update', message, { from: here })
  const before = await receiver.stored()
  receiver.pass(30_000)
  const second = await receiver.send('/update', message, { from: here })
  assert.equal(second.status, 200)
  assert.equal(String(second.body), String(first.body))
  verifyAnswer(second, message.request, homeSecret)
  assert.deepEqual(await receiver.stored(), before)
})

test('identical messages that arrive at the same time are one update', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => receiver.send('/update', message, { from: here })),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.deepEqual(new Set(answers.map(({ body }) => String(body))).size, 1)
  assert.equal((await receiver.reader.currentOf(home))?.[0]?.confirmations, 1)
})

// Refused, and nothing shows in the database. First the ones whose own signature holds: their refusal is signed.

test('a replay after a newer update is refused', async t => {
  const receiver = await startReceiver(t)
  const old = update(receiver)
  await receiver.send('/update', old, { from: here })
  receiver.pass(1)
  await receiver.report({ from: here })
  await refusedSigned(receiver, old, { from: here }, 'not-newer', 409)
})

test('a replay after the device has moved does not bring the old address back', async t => {
  const receiver = await startReceiver(t)
  const old = update(receiver)
  await receiver.send('/update', old, { from: here })
  receiver.pass(1000)
  await receiver.report({ from: elsewhere })
  await refusedSigned(receiver, old, { from: here }, 'not-newer', 409)
})

test('a replay from another address is refused', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  await receiver.send('/update', message, { from: here })
  await refusedSigned(receiver, message, { from: elsewhere }, 'address-mismatch', 409)
})

test('a replay after the window is refused', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  await receiver.send('/update', message, { from: here })
  receiver.pass(120_001)
  await refusedSigned(receiver, message, { from: here }, 'stale', 409)
})

test('an update that is delayed beyond the window is refused, one millisecond earlier it is accepted', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  receiver.pass(120_001)
  await refusedSigned(receiver, message, { from: here }, 'stale', 409)
  receiver.pass(-1)
  assert.equal((await receiver.send('/update', message, { from: here })).status, 200)
})

test('an older timestamp than the last accepted one is refused', async t => {
  const receiver = await startReceiver(t)
  await receiver.report({ from: here })
  await refusedSigned(
    receiver,
    update(receiver, { timestamp: receiver.now() - 1 }),
    { from: here },
    'not-newer',
    409,
  )
})

test('another message with the last accepted timestamp is refused', async t => {
  const receiver = await startReceiver(t)
  await receiver.report({ from: here })
  await refusedSigned(receiver, update(receiver), { from: here }, 'not-newer', 409)
})

test("a timestamp later than the server's clock is refused", async t => {
  const receiver = await startReceiver(t)
  await refusedSigned(
    receiver,
    update(receiver, { timestamp: receiver.now() + 1 }),
    { from: here },
    'timestamp-ahead',
    409,
  )
})

test('an update from another address is refused', async t => {
  const receiver = await startReceiver(t)
  await refusedSigned(receiver, update(receiver), { from: elsewhere }, 'address-mismatch', 409)
})

test('a private address is refused, unless such addresses are allowed', async t => {
  for (const address of ['192.168.1.2', '100.64.0.9', 'fd12::7']) {
    const receiver = await startReceiver(t)
    await refusedSigned(receiver, update(receiver, { address }), { from: address }, 'address-not-public', 403)
    const allowing = await startReceiver(t, { allowPrivateAddresses: true })
    assert.equal(
      (await allowing.send('/update', update(allowing, { address }), { from: address })).status,
      200,
    )
  }
})

test('a forged X-Forwarded-For from a client that is not a proxy is ignored', async t => {
  const receiver = await startReceiver(t)
  const { status, problem } = await refusedSigned(
    receiver,
    update(receiver),
    { direct: true, headers: { 'x-forwarded-for': here } },
    'address-mismatch',
    409,
  )
  assert.equal(status, 409)
  assert.equal(problem.detail, `the update names ${here} and comes from 127.0.0.1`)
})

test('a forged X-Forwarded-For that is sent through the proxy is ignored', async t => {
  const receiver = await startReceiver(t)
  await refusedSigned(receiver, update(receiver), { from: `${here}, ${elsewhere}` }, 'address-mismatch', 409)
})

test("a Forwarded field of the client next to the proxy's X-Forwarded-For is refused", async t => {
  const receiver = await startReceiver(t)
  const sending = { from: elsewhere, headers: { forwarded: `for=${here}` } }
  await refusedSigned(receiver, update(receiver), sending, 'source-unclear', 400)
  const ask = signed('ipupdater-ip', '{}')
  const answer = await receiver.send('/ip', ask, sending)
  assert.equal(problemOf(answer).code, 'source-unclear')
  verifyAnswer(answer, ask.request, homeSecret)
})

test('a masked source is refused at both steps', async t => {
  const receiver = await startReceiver(t, { isMasked: address => address === here })
  await refusedSigned(receiver, update(receiver), { from: here }, 'source-masked', 403)
  const ask = signed('ipupdater-ip', '{}')
  const answer = await receiver.send('/ip', ask, { from: here })
  assert.equal(problemOf(answer).code, 'source-masked')
  verifyAnswer(answer, ask.request, homeSecret)
})

test('a signed body that is not an update is refused', async t => {
  const receiver = await startReceiver(t)
  const timestamp = receiver.now()
  for (const body of [
    '{}',
    'null',
    '[]',
    'no JSON',
    JSON.stringify({ address: here }),
    JSON.stringify({ address: here, timestamp: String(timestamp) }),
    JSON.stringify({ address: here, timestamp, more: 1 }),
    `{"address":"${elsewhere}","address":"${here}","timestamp":${timestamp}}`,
    `{"__proto__":{"address":"${here}"},"timestamp":${timestamp}}`,
    JSON.stringify({ address: here, timestamp, interval: 0 }),
    JSON.stringify({ address: `${here} `, timestamp }),
  ]) {
    await refusedSigned(receiver, signed('ipupdater-update', body), { from: here }, 'malformed', 400)
  }
})

test('a signed request for the address with further members is refused', async t => {
  const receiver = await startReceiver(t)
  const ask = signed('ipupdater-ip', '{"address":"1.1.1.1"}')
  const answer = await receiver.send('/ip', ask, { from: here })
  assert.equal(problemOf(answer).code, 'malformed')
  verifyAnswer(answer, ask.request, homeSecret)
})

test("if the server's clock was set back, updates are refused until it has caught up", async t => {
  const receiver = await startReceiver(t)
  await receiver.report({ from: here })
  receiver.pass(-3_600_000)
  const { headers, problem } = await refusedSigned(
    receiver,
    update(receiver),
    { from: here },
    'clock-behind',
    503,
  )
  assert.deepEqual(
    { behindMs: problem.extra.behindMs, retryAfter: problem.extra.retryAfter },
    { behindMs: 3_600_000, retryAfter: 3600 },
  )
  assert.equal(headers['retry-after'], '3600')
  receiver.pass(3_600_001)
  assert.equal((await receiver.report({ from: here })).result, 'refreshed')
})

test('if the clock of the server was set forward, the device only has to ask again', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  receiver.pass(3_600_000)
  await refusedSigned(receiver, message, { from: here }, 'stale', 409)
  assert.equal((await receiver.report({ from: here })).result, 'new')
})

test('a database that cannot be written is a signed refusal, and the details are in the log only', async t => {
  const full = new StorageError('full', 'no space is left on the volume of /data')
  const receiver = await startReceiver(t, { commit: () => Promise.reject(full) })
  const sending = { from: here }
  const { problem, headers } = await refusedSigned(
    receiver,
    update(receiver),
    sending,
    'storage-unavailable',
    503,
  )
  assert.equal(problem.detail, 'the database cannot be written: full')
  assert.equal(headers['retry-after'], '10')
  assert.match(receiver.lines.join(''), /no space is left on the volume of \/data/)
})

test('a database that is already closed means that the server is stopping', async t => {
  const closed = new StorageError('closed', 'the store is closed')
  const receiver = await startReceiver(t, { commit: () => Promise.reject(closed), logLevel: 'debug' })
  await refusedSigned(receiver, update(receiver), { from: here }, 'stopping', 503)
  assert.match(receiver.lines.join(''), /the store is closed/)
})

test('an internal error is a signed refusal without details', async t => {
  const receiver = await startReceiver(t, { commit: () => Promise.reject(new TypeError('boom')) })
  const { problem } = await refusedSigned(receiver, update(receiver), { from: here }, 'internal', 500)
  assert.equal(problem.detail, undefined)
  assert.match(receiver.lines.join(''), /ERROR.*boom/)
})

// From here on the signature does not hold, or cannot: such refusals are unsigned.

test('a tampered body is refused', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  const body = message.body.replace(here, elsewhere)
  assert.notEqual(body, message.body)
  await refusedUnsigned(receiver, { ...message, body }, { from: elsewhere }, 'digest-mismatch', 400)
})

test('a tampered digest is refused', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  const headers = { ...message.headers, 'content-digest': digestOf('other') }
  await refusedUnsigned(receiver, { ...message, headers }, { from: here }, 'digest-mismatch', 400)
})

test('a body tampered together with its digest is refused', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  const body = message.body.replace(here, elsewhere)
  const headers = { ...message.headers, 'content-digest': digestOf(body) }
  await refusedUnsigned(receiver, { headers, body }, { from: elsewhere }, 'not-authenticated', 401)
})

test('a wrong secret and an unknown device get the same refusal', async t => {
  const receiver = await startReceiver(t)
  const wrongSecret = update(receiver, { secret: 'a completely different secret' })
  const unknown = update(receiver, { device: 'nobody' })
  const refusals = [
    await refusedUnsigned(receiver, wrongSecret, { from: here }, 'not-authenticated', 401),
    await refusedUnsigned(receiver, unknown, { from: here }, 'not-authenticated', 401),
  ]
  const [first, second] = refusals.map(({ problem }) => problem.detail?.replace(/home|nobody/, 'X'))
  assert.equal(first, second)
})

test("one device's message under the name of another is refused", async t => {
  const receiver = await startReceiver(t, { devices: { office: 'the secret of the office' } })
  const message = update(receiver, { device: 'office', secret: homeSecret })
  await refusedUnsigned(receiver, message, { from: here }, 'not-authenticated', 401)
})

test('a message signed for one step is refused at the other', async t => {
  const receiver = await startReceiver(t)
  await refusedUnsigned(
    receiver,
    signed('ipupdater-ip', update(receiver).body),
    { from: here },
    'malformed',
    400,
  )
  const answer = await receiver.send('/ip', signed('ipupdater-update', '{}'), { from: here })
  assert.equal(problemOf(answer).code, 'malformed')
})

test('a missing or doubled parameter is refused, even if the signature holds', async t => {
  const receiver = await startReceiver(t)
  const parameters = parametersAt(receiver)
  assert.equal(
    (await receiver.send('/update', raw(update(receiver).body, parameters), { from: here })).status,
    200,
  )
  receiver.pass(1)
  for (const [index, parameter] of parameters.entries()) {
    const without = raw(update(receiver).body, parameters.toSpliced(index, 1))
    await refusedUnsigned(receiver, without, { from: here }, 'malformed', 400)
    const doubled = raw(update(receiver).body, [...parameters, parameter])
    await refusedUnsigned(receiver, doubled, { from: here }, 'malformed', 400)
  }
})

test('a parameter outside the profile is refused, even if the signature holds', async t => {
  const receiver = await startReceiver(t)
  for (const extra of ['expires=1763827300', 'x=1']) {
    const message = raw(update(receiver).body, [...parametersAt(receiver), extra])
    await refusedUnsigned(receiver, message, { from: here }, 'malformed', 400)
  }
})

test('an extra or missing covered component is refused, even if the signature holds', async t => {
  const receiver = await startReceiver(t)
  const { body } = update(receiver)
  const lines = { '"@method"': 'POST', '"content-digest"': digestOf(body), '"@path"': '/update' }
  for (const components of [
    ['"@method"', '"content-digest"', '"@path"'],
    ['"@method"'],
    ['"content-digest"'],
    ['"content-digest"', '"@method"'],
    [],
  ] as (keyof typeof lines)[][]) {
    const covered = components.map(name => `${name}: ${lines[name]}\n`).join('')
    const message = raw(body, parametersAt(receiver), components, covered)
    await refusedUnsigned(receiver, message, { from: here }, 'malformed', 400)
  }
})

test('a missing field is refused', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  for (const field of ['signature', 'signature-input', 'content-digest']) {
    const { [field]: _, ...headers } = message.headers
    await refusedUnsigned(receiver, { ...message, headers }, { from: here }, 'malformed', 400)
  }
})

test('a doubled signature is refused, whether as two lines or as two members', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  for (const field of ['signature', 'signature-input', 'content-digest']) {
    const value = message.headers[field] ?? ''
    for (const doubled of [[value, value], `${value}, ${value}`, `${value}, ${value.replace(/^\w+/, 'b')}`]) {
      const headers = { ...message.headers, [field]: doubled }
      await refusedUnsigned(receiver, { ...message, headers }, { from: here }, 'malformed', 400)
    }
  }
})

test('an answer sent back as a request is refused', async t => {
  const receiver = await startReceiver(t)
  const message = update(receiver)
  const answer = await receiver.send('/update', message, { from: here })
  const headers = {
    'content-digest': String(answer.headers['content-digest']),
    'signature-input': String(answer.headers['signature-input']),
    signature: String(answer.headers.signature),
  }
  await refusedUnsigned(receiver, { headers, body: String(answer.body) }, { from: here }, 'malformed', 400)
})

test('a body of 8 KiB is accepted, and one byte more is refused, with and without Content-Length', async t => {
  const receiver = await startReceiver(t)
  const fits = signed('ipupdater-update', ' '.repeat(8192))
  await refusedSigned(receiver, fits, { from: here }, 'malformed', 400)
  const tooLarge = signed('ipupdater-update', ' '.repeat(8193))
  await refusedUnsigned(receiver, tooLarge, { from: here }, 'too-large', 413)
  await refusedUnsigned(receiver, tooLarge, { from: here, chunked: true }, 'too-large', 413)
})

test('other paths and methods are refused', async t => {
  const receiver = await startReceiver(t)
  const nowhere = await receiver.send('/nowhere', update(receiver), { from: here })
  assert.deepEqual([nowhere.status, problemOf(nowhere).code], [404, 'not-found'])
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await receiver.send('/update', { headers: {}, body: '' }, { method })
    assert.deepEqual([answer.status, problemOf(answer).code], [405, 'method-not-allowed'])
    assert.equal(answer.headers.allow, 'POST')
  }
  assert.deepEqual(await receiver.stored(), [])
})

// Rates.

test('a flood of refusals is not a flood of lines', async t => {
  const receiver = await startReceiver(t)
  await receiver.repeat(200, () => receiver.send('/update', { headers: {}, body: '' }, { from: here }))
  assert.ok(receiver.lines.length <= 40, `${receiver.lines.length} lines`)
})

// What is around.

test('a new address and a refusal are logged, an unchanged address is not', async t => {
  const receiver = await startReceiver(t)
  await receiver.report({ from: here })
  assert.equal(receiver.lines.length, 1)
  assert.match(receiver.lines[0] ?? '', /INFO .*new address device=home family=IPv4 address=192\.31\.196\.7/)
  receiver.pass(1)
  await receiver.report({ from: here })
  assert.equal(receiver.lines.length, 1)
  await receiver.send('/update', update(receiver), { from: elsewhere })
  assert.equal(receiver.lines.length, 2)
  assert.match(receiver.lines[1] ?? '', /code=address-mismatch .*device=home source=192\.31\.196\.8/)
})

test('no secret appears in the debug log or in an answer', async t => {
  const receiver = await startReceiver(t, { logLevel: 'debug' })
  await receiver.report({ from: here })
  const answer = await receiver.send('/update', update(receiver, { secret: 'some other secret, wrong' }), {
    from: here,
  })
  for (const text of [...receiver.lines, String(answer.body), JSON.stringify(answer.headers)]) {
    assert.doesNotMatch(text, /secret of the home|some other secret/)
  }
})

test('the first accepted update that the newest of two secrets signed ends the rotation', async t => {
  const newest = parseSecret('the next secret of the home')
  const receiver = await startReceiver(t, { rotatingTo: newest })
  await receiver.report({ from: here })
  assert.deepEqual(receiver.endedRotations, [])
  receiver.pass(1)
  await receiver.send('/update', update(receiver, { secret: newest }), { from: elsewhere })
  assert.deepEqual(receiver.endedRotations, [])
  const message = update(receiver, { secret: newest })
  const answer = await receiver.send('/update', message, { from: here })
  verifyAnswer(answer, message.request, newest)
  assert.deepEqual(receiver.endedRotations, ['home'])
})

test('every kind of outcome is counted', async t => {
  const receiver = await startReceiver(t)
  await receiver.report({ from: here })
  receiver.pass(1)
  await receiver.report({ from: here })
  await receiver.send('/update', update(receiver), { from: elsewhere })
  assert.deepEqual(receiver.counted, ['new', 'refreshed', 'address-mismatch'])
})

test('health says alive and ready, and nothing else', async t => {
  const receiver = await startReceiver(t)
  await receiver.report({ from: here })
  for (const [path, status] of [
    ['/healthz', 'alive'],
    ['/readyz', 'ready'],
  ] as const) {
    const answer = await receiver.send(path, { headers: {}, body: '' }, { method: 'GET', direct: true })
    assert.deepEqual([answer.status, JSON.parse(String(answer.body))], [200, { status }])
  }
})

test('a receiver whose database cannot be written is alive and not ready, and names the cause', async t => {
  const checkWritable = () => Promise.reject(new StorageError('full', 'no space on /data'))
  const receiver = await startReceiver(t, { checkWritable })
  const get = (path: string) =>
    receiver.send(path, { headers: {}, body: '' }, { method: 'GET', direct: true })
  assert.equal((await get('/healthz')).status, 200)
  const answer = await get('/readyz')
  assert.equal(answer.status, 503)
  assert.equal(problemOf(answer).detail, 'the database cannot be written: full')
  assert.doesNotMatch(String(answer.body), /\/data/)
})

type Given = { address?: string; timestamp?: number; device?: string; secret?: string }

function update(
  receiver: RunningReceiver,
  { address = here, timestamp = receiver.now(), ...signing }: Given = {},
) {
  return signed('ipupdater-update', encodeUpdate({ address: parseAddress(address), timestamp }), signing)
}

async function refusedSigned(
  receiver: RunningReceiver,
  message: ReturnType<typeof signed>,
  sending: Sending,
  code: string,
  status: number,
) {
  const refusal = await refused(receiver, message, sending, code, status)
  verifyAnswer(refusal, message.request, homeSecret)
  return refusal
}

async function refusedUnsigned(
  receiver: RunningReceiver,
  message: Message,
  sending: Sending,
  code: string,
  status: number,
) {
  const refusal = await refused(receiver, message, sending, code, status)
  assert.equal(refusal.headers.signature, undefined)
  assert.equal(refusal.headers['signature-input'], undefined)
  return refusal
}

async function refused(
  receiver: RunningReceiver,
  message: Message,
  sending: Sending,
  code: string,
  status: number,
) {
  const before = await receiver.stored()
  const answer = await receiver.send('/update', message, sending)
  const problem = problemOf(answer)
  assert.deepEqual([answer.status, problem.code], [status, code], problem.detail)
  assert.deepEqual(await receiver.stored(), before)
  return { ...answer, problem }
}

function problemOf(answer: Answer) {
  assert.equal(answer.headers['content-type'], 'application/problem+json')
  const problem = parseProblem(String(answer.body))
  assert.ok(problem !== null, String(answer.body))
  assert.equal(problem.status, answer.status)
  return problem
}

function digestOf(body: string): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
}

function parametersAt(receiver: RunningReceiver): string[] {
  return [
    `created=${Math.floor(receiver.now() / 1000)}`,
    'nonce="AAAAAAAAAAAAAAAAAAAAAA"',
    'keyid="home"',
    'alg="hmac-sha256"',
    'tag="ipupdater-update"',
  ]
}

/** A signature over any parameters and components, made by hand (RFC 9421 section 2.5). */
function raw(
  body: string,
  parameters: string[],
  components = ['"@method"', '"content-digest"'],
  covered = `"@method": POST\n"content-digest": ${digestOf(body)}\n`,
): Message {
  const params = [`(${components.join(' ')})`, ...parameters].join(';')
  const base = `${covered}"@signature-params": ${params}`
  const mac = createHmac('sha256', homeSecret).update(base).digest('base64')
  return {
    headers: {
      'content-digest': digestOf(body),
      'signature-input': `sig1=${params}`,
      signature: `sig1=:${mac}:`,
    },
    body,
  }
}
