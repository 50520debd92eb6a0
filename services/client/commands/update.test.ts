import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeProblem, parseSecret, parseUpdate } from '@ipupdater/protocol'
import type { Arrival, Reply } from '../fixtures/receiver.ts'
import {
  closedPort,
  listenOnLoopback,
  serverTime,
  signed,
  testReceiver,
  testSecret,
} from '../fixtures/receiver.ts'
import { ipupdater } from '../fixtures/run-client.ts'

const isUpdate = ({ path }: Arrival) => path.endsWith('/update')
const updatesOf = (arrivals: readonly Arrival[]) => arrivals.filter(isUpdate)

test('an update asks for the address, sends it back signed, and says what came of it', async () => {
  await using server = await testReceiver()
  const { code, stdout, stderr } = await ipupdater(['update', '-u', server.url, '--interval', '5m'])
  assert.equal(code, 0)
  assert.deepEqual(stdout, [`203.0.113.7 is new at ${server.url}/`])
  assert.equal(stderr, '')
  assert.deepEqual(
    server.arrivals.map(({ path }) => path),
    ['/ip', '/update'],
  )
  const { body } = server.arrivals[1]?.request.proof ?? { body: '' }
  assert.deepEqual(parseUpdate(body), { address: '203.0.113.7', timestamp: serverTime, interval: 300 })
})

test('both messages come over one connection, and so from one address', async () => {
  const ports: (number | undefined)[] = []
  await using server = await testReceiver(({ honest, raw }) => {
    ports.push(raw.socket?.remotePort)
    return honest
  })
  await ipupdater(['update', '-u', server.url])
  assert.equal(ports.length, 2)
  assert.equal(ports[0], ports[1])
})

test('a path in SERVER_URL stays in front of ours', async () => {
  await using server = await testReceiver()
  await ipupdater(['update', '-w', new URL(server.url).host, '-u', '/home/ipupdater/'])
  assert.deepEqual(
    server.arrivals.map(({ path }) => path),
    ['/home/ipupdater/ip', '/home/ipupdater/update'],
  )
})

test('with --json each line is an outcome', async () => {
  await using server = await testReceiver()
  const { stdout } = await ipupdater(['update', '--json'], { SERVER_URL: server.url })
  assert.deepEqual(
    stdout.map(line => JSON.parse(line)),
    [
      {
        server: `${server.url}/`,
        family: 4,
        outcome: 'done',
        result: 'new',
        address: '203.0.113.7',
        firstSeen: serverTime,
        lastSeen: serverTime,
        clockSkewMs: 0,
      },
    ],
  )
})

test('a lost answer is followed by the identical message', async () => {
  await using server = await testReceiver(arrival => {
    if (updatesOf(server.arrivals).length !== 1 || !isUpdate(arrival)) return arrival.honest
    arrival.raw.socket?.destroy()
    return null
  })
  const { code, pauses } = await ipupdater(['update', '-u', server.url])
  assert.equal(code, 0)
  const [first, second] = updatesOf(server.arrivals)
  assert.deepEqual(second?.request, first?.request)
  assert.deepEqual(pauses, [500])
  assert.equal(server.arrivals.length, 3)
})

test('an answer that is cut in its middle counts as lost', async () => {
  await using server = await testReceiver(({ honest, raw, path }) => {
    if (server.arrivals.length > 1) return honest
    raw.writeHead(200, { ...honest.headers, 'content-length': honest.body.length })
    raw.write(honest.body.slice(0, 10), () => raw.socket?.destroy())
    assert.equal(path, '/ip')
    return null
  })
  const { code } = await ipupdater(['update', '-u', server.url])
  assert.equal(code, 0)
  assert.equal(server.arrivals.length, 3)
})

for (const refusal of ['stale', 'address-mismatch', 'not-newer', 'timestamp-ahead'] as const) {
  test(`"${refusal}" begins a new exchange with a new question`, async () => {
    await using server = await testReceiver(arrival =>
      isUpdate(arrival) && updatesOf(server.arrivals).length === 1
        ? arrival.refusal(refusal)
        : arrival.honest,
    )
    const { code } = await ipupdater(['update', '-u', server.url])
    assert.equal(code, 0)
    assert.deepEqual(
      server.arrivals.map(({ path }) => path),
      ['/ip', '/update', '/ip', '/update'],
    )
    const [first, second] = updatesOf(server.arrivals)
    assert.notEqual(second?.request.signature, first?.request.signature)
  })
}

test('what a signed refusal says of when to try again counts, not what stands beside it', async () => {
  await using server = await testReceiver(arrival => {
    if (server.arrivals.length > 1) return arrival.honest
    const body = encodeProblem('rate-limited', undefined, { retryAfter: 3 })
    const { headers, ...reply } = signed(arrival.request, 429, body)
    return { ...reply, headers: { ...headers, 'retry-after': '7' } }
  })
  const { code, pauses } = await ipupdater(['update', '-u', server.url, '--retry-for', '10'])
  assert.deepEqual([code, pauses], [0, [3_000]])
})

test('Retry-After is waited for, and bounds no longer than the tries themselves', async () => {
  await using server = await testReceiver(arrival => {
    if (server.arrivals.length > 1) return arrival.honest
    return { status: 429, body: encodeProblem('rate-limited'), headers: { 'retry-after': '7' } }
  })
  const patient = await ipupdater(['update', '-u', server.url, '--retry-for', '10'])
  assert.deepEqual([patient.code, patient.pauses], [0, [7_000]])
  server.arrivals.length = 0
  const hasty = await ipupdater(['update', '-u', server.url, '--retry-for', '5'])
  assert.deepEqual([hasty.code, hasty.pauses], [75, []])
})

test('tries end when their time is up, with longer and longer pauses', async () => {
  const { code, pauses, stderr } = await ipupdater(['update', '-u', await closedPort(), '--retry-for', '10'])
  assert.equal(code, 75)
  assert.deepEqual(pauses, [500, 1_000, 2_000, 4_000])
  assert.match(stderr, /Nothing listens on this port.*Trying again in/)
  assert.match(stderr, /no success in time/)
})

interface Refused {
  name: string
  reply: (arrival: Arrival) => Reply | null
  code: 1 | 75
  stderr: RegExp
}

const html = { 'content-type': 'text/html; charset=utf-8' }
const refused: Refused[] = [
  {
    name: 'an unsigned success',
    reply: ({ honest }) => ({ ...honest, headers: {} }),
    code: 1,
    stderr: /is not signed, so it is not accepted/,
  },
  {
    name: 'a success whose signature a proxy has stripped',
    reply: ({ honest: { headers, ...rest } }) => {
      const { signature: _stripped, ...kept } = headers
      return { ...rest, headers: kept }
    },
    code: 1,
    stderr: /A proxy removes Signature, Signature-Input or Content-Digest/,
  },
  {
    name: 'an answer signed with another secret',
    reply: ({ request, honest }) => signed(request, 200, honest.body, parseSecret('another secret, as good')),
    code: 1,
    stderr: /signature of the answer is wrong, so it is not accepted/,
  },
  {
    name: 'a signed answer with another body',
    reply: ({ honest }) => ({ ...honest, body: honest.body.replace('203.0.113.7', '203.0.113.8') }),
    code: 1,
    stderr: /signature of the answer is wrong/,
  },
  {
    name: 'a signed answer with another status',
    reply: ({ honest }) => ({ ...honest, status: 201 }),
    code: 1,
    stderr: /signature of the answer is wrong/,
  },
  {
    name: 'a refusal without a signature that the server would have signed',
    reply: () => ({ status: 403, headers: {}, body: encodeProblem('source-masked') }),
    code: 1,
    stderr: /is not signed, so it is not accepted/,
  },
  {
    name: 'a secret that is not accepted',
    reply: () => ({ status: 401, headers: {}, body: encodeProblem('not-authenticated') }),
    code: 1,
    stderr: /The server does not accept this device's secret.*anyone on the path may have sent it/,
  },
  {
    name: 'a masked source',
    reply: ({ refusal }) => refusal('source-masked', 'the source is 172.18.0.1'),
    code: 1,
    stderr: /172\.18\.0\.1.*on the server's own machine/,
  },
  {
    name: 'carrier-grade NAT',
    reply: ({ refusal }) => refusal('address-not-public', '100.64.1.2'),
    code: 1,
    stderr: /100\.64\.1\.2.*many customers of a provider share one/,
  },
  {
    name: 'a full disk',
    reply: ({ refusal }) => refusal('storage-unavailable'),
    code: 75,
    stderr: /cannot use its database/,
  },
  {
    name: 'a captive portal',
    reply: () => ({ status: 200, headers: html, body: '<title>Welcome to our Wi-Fi</title>' }),
    code: 1,
    stderr: /A web page came.*Log in/,
  },
  {
    name: 'a redirect',
    reply: () => ({ status: 302, headers: { location: 'http://login.example/' }, body: '' }),
    code: 1,
    stderr: /redirects to another address \(status 302 to "http:\/\/login\.example\/"\)/,
  },
  {
    name: 'a captive portal that says so by status',
    reply: () => ({ status: 511, headers: html, body: '<title>Welcome to our Wi-Fi</title>' }),
    code: 1,
    stderr: /A web page came.*Log in/,
  },
  {
    name: 'a captive portal that spells its type in capitals',
    reply: () => ({ status: 200, headers: { 'content-type': 'TEXT/HTML' }, body: '<TITLE>Welcome</TITLE>' }),
    code: 1,
    stderr: /A web page came.*Log in/,
  },
  {
    name: 'another web server',
    reply: () => ({ status: 404, headers: html, body: '<h1>Not Found</h1>' }),
    code: 1,
    stderr: /not an ipupdater receiver/,
  },
  {
    name: 'a proxy without a receiver behind it',
    reply: () => ({ status: 502, headers: html, body: '<h1>Bad Gateway</h1>' }),
    code: 75,
    stderr: /A proxy answers, but the receiver behind it does not/,
  },
  {
    name: 'a body that does not end',
    reply: ({ raw }) => {
      raw.writeHead(200, { 'content-type': 'application/octet-stream' })
      const more = () =>
        void (raw.write(Buffer.alloc(64 * 1024)) ? setImmediate(more) : raw.once('drain', more))
      more()
      return null
    },
    code: 1,
    stderr: /much larger than an answer of ipupdater/,
  },
  {
    name: 'a signed answer that is not a sighting',
    reply: ({ request }) => signed(request, 200, '{"address":"203.0.113.7"}'),
    code: 1,
    stderr: /This version does not understand/,
  },
]

for (const { name, reply, code, stderr } of refused) {
  test(`${name} is reported in a sentence, and is no success`, async () => {
    await using server = await testReceiver(reply)
    const ran = await ipupdater(['update', '-u', server.url, '--retry-for', '0'])
    assert.equal(ran.code, code)
    assert.match(ran.stderr, stderr)
    assert.deepEqual(ran.stdout, [])
    assert.deepEqual(updatesOf(server.arrivals), [])
  })
}

test('a forged "OK" to a dropped update is no success', async () => {
  await using server = await testReceiver(arrival =>
    isUpdate(arrival) ? { ...arrival.honest, headers: {} } : arrival.honest,
  )
  const { code, stdout } = await ipupdater(['update', '-u', server.url])
  assert.equal(code, 1)
  assert.deepEqual(stdout, [])
})

test('the answer to an earlier question does not answer this one', async () => {
  const heard: Reply[] = []
  await using server = await testReceiver(({ honest, path }) => {
    if (path === '/ip') heard.push(honest)
    return path === '/ip' ? (heard[0] ?? null) : honest
  })
  assert.equal((await ipupdater(['update', '-u', server.url])).code, 0)
  const later = await ipupdater(['update', '-u', server.url], {}, { startAt: serverTime + 60_001 })
  assert.equal(later.code, 1)
  assert.match(later.stderr, /for another request/)
})

test('a server that does not speak HTTP is named as such', async () => {
  await using server = await listenOnLoopback((_, raw) => void raw.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'))
  const { code, stderr } = await ipupdater(['update', '-u', server.url, '--retry-for', '0'])
  assert.equal(code, 1)
  assert.match(stderr, /does not speak HTTP/)
})

test('https:// to a port without TLS is named as such', async () => {
  await using server = await testReceiver()
  const url = server.url.replace('http', 'https')
  const { code, stderr } = await ipupdater(['update', '-u', url, '--retry-for', '0'])
  assert.equal(code, 1)
  assert.match(stderr, /does not speak TLS on this port \(E[A-Z_]+\)\. Write http:\/\/ instead of https:\/\//)
})

test('http:// to a port with TLS is named as such, whether the server answers with a page or an alert', async () => {
  const pages = [
    '<html><h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port</html>',
    "Reason: You're speaking plain HTTP to an SSL-enabled server port.",
    'Client sent an HTTP request to an HTTPS server.\n',
  ]
  for (const page of pages) {
    await using server = await listenOnLoopback((_, raw) => void raw.writeHead(400).end(page))
    const { code, stderr } = await ipupdater(['update', '-u', server.url])
    assert.equal(code, 1)
    assert.match(stderr, /expects HTTPS on this port.*Write https:\/\/ instead of http:\/\/ in SERVER_URL/)
  }
  await using alert = await listenOnLoopback(
    (_, raw) => void raw.socket?.end(Buffer.from('15030300020246', 'hex')),
  )
  const { code, stderr } = await ipupdater(['update', '-u', alert.url])
  assert.equal(code, 1)
  assert.match(stderr, /expects HTTPS on this port/)
})

for (const [path, extra, base, body] of [
  ['/ip', '/ip', '', encodeProblem('not-found')],
  ['/home/update/', '/update', '/home', 'a page of a proxy'],
] as const) {
  test(`a SERVER_URL that ends with ${path} is not found, and the URL without it is named`, async () => {
    await using server = await listenOnLoopback((_, raw) => {
      raw.writeHead(404).end(body)
    })
    const { code, stderr } = await ipupdater(['update', '-u', `${server.url}${path}`])
    assert.equal(code, 1)
    assert.ok(stderr.includes(`Leave ${extra} out of SERVER_URL: use ${server.url}${base}. `), stderr)
  })
}

test('a redirect to another base names that base, without our path', async () => {
  await using server = await testReceiver(({ path }) => ({
    status: 301,
    headers: { location: `https://ddns.example.org/base${path}` },
    body: '',
  }))
  const { code, stderr } = await ipupdater(['update', '-u', server.url])
  assert.equal(code, 1)
  assert.match(
    stderr,
    /redirects .*status 301 to "https:.*use SERVER_URL=https:\/\/ddns\.example\.org\/base\. Otherwise/,
  )
})

test("a proxy's 429 is waited for, and is not advised to start the receiver", async () => {
  await using server = await testReceiver(() => ({
    status: 429,
    headers: { 'retry-after': '3' },
    body: '<html>',
  }))
  const { code, stderr, pauses } = await ipupdater(['update', '-u', server.url, '--retry-for', '4'])
  assert.deepEqual([code, pauses], [75, [3_000]])
  assert.match(stderr, /A proxy in front of the receiver refuses so many requests/)
  assert.doesNotMatch(stderr, /Start the receiver/)
})

test('in a container, localhost is named as the container itself', async () => {
  const url = (await closedPort()).replace('127.0.0.1', 'localhost')
  const args = ['update', '-u', url, '--retry-for', '0']
  const inside = await ipupdater(args, {}, { isInContainer: true })
  assert.match(inside.stderr, /Nothing listens.*In a container, localhost is the container itself/)
  const outside = await ipupdater(args)
  assert.match(outside.stderr, /Nothing listens.*Start the receiver/)
})

test('in a container, a connection that localhost cuts keeps the advice for its cause', async () => {
  await using server = await listenOnLoopback((_, raw) => void raw.socket?.destroy())
  const args = ['update', '-u', server.url, '--retry-for', '0']
  const { stderr } = await ipupdater(args, {}, { isInContainer: true })
  assert.match(stderr, /closed before the answer.*whether SERVER_URL needs https:/)
})

test("on the server's own machine, a masked source advises another machine", async () => {
  await using server = await testReceiver(({ refusal }) =>
    refusal('source-masked', 'the source is 172.18.0.1'),
  )
  const { code, stderr } = await ipupdater(['update', '-u', server.url])
  assert.equal(code, 1)
  assert.match(stderr, /172\.18\.0\.1.*on the server's own machine is always masked/)
  assert.doesNotMatch(stderr, /network_mode/)
})

test('an unknown name is reported', async () => {
  const { code, stderr } = await ipupdater(['update', '-w', 'nosuch.invalid', '--retry-for', '0'])
  assert.equal(code, 75)
  assert.match(stderr, /DNS /)
})

test('one server that fails does not hide that the other has our address', async () => {
  await using server = await testReceiver()
  const down = await closedPort()
  const { code, stdout, stderr } = await ipupdater([
    'update',
    '-u',
    down,
    '-u',
    server.url,
    '--retry-for',
    '0',
  ])
  assert.equal(code, 75)
  assert.deepEqual(stdout, [`203.0.113.7 is new at ${server.url}/`])
  assert.match(stderr, /Nothing listens/)
})

test('a server with a name is reached by the family that it has, and the other one is not missed', async () => {
  await using server = await testReceiver()
  const url = server.url.replace('127.0.0.1', 'localhost')
  const { code, stdout, stderr } = await ipupdater(['update', '-u', url])
  assert.equal(code, 0)
  assert.deepEqual(stdout, [`203.0.113.7 is new at ${url}/`])
  assert.equal(stderr, '')
})

test('a wrong device clock changes nothing, and is reported', async () => {
  await using server = await testReceiver()
  const tenYears = 3_652 * 24 * 60 * 60 * 1000
  const { code, stderr } = await ipupdater(
    ['update', '-u', server.url],
    {},
    { startAt: serverTime - tenYears },
  )
  assert.equal(code, 0)
  assert.match(stderr, /clock of this device is 3652 days behind the server's/)
})

test('no secret is printed or sent, even if it is of no use', async () => {
  const headers: string[] = []
  await using server = await listenOnLoopback((incoming, raw) => {
    headers.push(JSON.stringify([incoming.url, incoming.headers]))
    raw.writeHead(500).end()
  })
  const { stdout, stderr } = await ipupdater([
    'update',
    '-u',
    server.url,
    '-p',
    testSecret,
    '--retry-for',
    '1',
  ])
  for (const text of [...stdout, stderr, ...headers]) assert.ok(!text.includes(testSecret), text)
  assert.match(stderr, /-p/)
})

test('no answer silences a device for more than a day', async () => {
  for (const retryAfter of ['999999999', '86401']) {
    await using server = await testReceiver(arrival =>
      server.arrivals.length > 1
        ? arrival.honest
        : { status: 429, body: encodeProblem('rate-limited'), headers: { 'retry-after': retryAfter } },
    )
    const { code, pauses } = await ipupdater(['update', '-u', server.url, '--retry-for', '30d'])
    assert.deepEqual([code, pauses], [0, [86_400_000]])
  }
})

test('a Retry-After that is no number of seconds is ignored', async () => {
  for (const retryAfter of ['Wed, 21 Oct 2026 07:28:00 GMT', '-1', '1e9', '']) {
    await using server = await testReceiver(arrival =>
      server.arrivals.length > 1
        ? arrival.honest
        : { status: 429, body: encodeProblem('rate-limited'), headers: { 'retry-after': retryAfter } },
    )
    const { pauses } = await ipupdater(['update', '-u', server.url])
    assert.deepEqual(pauses, [500], retryAfter)
  }
})
