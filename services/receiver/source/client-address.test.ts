import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { parseNetwork } from '@ipupdater/runtime'
import fc from 'fast-check'
import type { Source } from './client-address.ts'
import { readSource } from './client-address.ts'
import { trustOf } from './trusted-proxies.ts'

const isTrusted = trustOf([parseNetwork('10.0.0.0/8'), parseNetwork('fd00::/8')])
const proxy = '10.0.0.1'

test('without a proxy the source is the address of the connection', () => {
  assert.deepEqual(read('203.0.113.7', {}), { address: '203.0.113.7' })
  assert.deepEqual(read('2001:db8::7', {}), { address: '2001:db8::7' })
})

test('an IPv4 client on a dual-stack socket is IPv4', () => {
  assert.deepEqual(read('::ffff:203.0.113.7', {}), { address: '203.0.113.7' })
})

test('a trusted proxy on a dual-stack socket is still trusted', () => {
  assert.deepEqual(read('::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.7' }), { address: '203.0.113.7' })
})

test('the zone of a link-local client is dropped', () => {
  assert.deepEqual(read('fe80::1%eth0', {}), { address: 'fe80::1' })
})

test('a connection that is already closed has no source', () => {
  assert.match(unclear(undefined, {}), /closed/)
})

test('forwarding headers from a peer that is not a trusted proxy are ignored, and this is noted', () => {
  for (const headers of [
    { 'x-forwarded-for': '198.51.100.1' },
    { forwarded: 'for=198.51.100.1' },
    { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.2' },
    { 'x-forwarded-for': 'garbage', forwarded: ';;;' },
  ]) {
    const ignored = 'x-forwarded-for' in headers ? 'X-Forwarded-For' : 'Forwarded'
    assert.deepEqual(read('203.0.113.7', headers), { address: '203.0.113.7', ignored })
  }
})

test('a trusted proxy that names no client in either header leaves the source unclear', () => {
  for (const headers of [
    {},
    { 'x-forwarded-for': '' },
    { 'x-forwarded-for': ' , ' },
    { 'x-forwarded-for': ['', ''] },
    { forwarded: '' },
    { forwarded: ' , ' },
    { forwarded: 'proto=https' },
    { forwarded: 'by=10.0.0.1;host=ip.example.org, proto=https' },
    { 'x-forwarded-for': '', forwarded: 'proto=https' },
  ]) {
    assert.equal(
      unclear(proxy, headers),
      'the trusted proxy 10.0.0.1 sent neither X-Forwarded-For nor Forwarded',
      JSON.stringify(headers),
    )
  }
})

test('empty elements of X-Forwarded-For are ignored', () => {
  for (const list of ['198.51.100.7,', '198.51.100.7, ', ',198.51.100.7', '198.51.100.7,,10.0.0.2 , ,']) {
    assert.deepEqual(read(proxy, { 'x-forwarded-for': list }), { address: '198.51.100.7' }, list)
  }
  assert.deepEqual(read(proxy, { 'x-forwarded-for': ['198.51.100.7', ''] }), { address: '198.51.100.7' })
})

test('empty elements at the ends of Forwarded are ignored', () => {
  for (const list of ['for=198.51.100.7,', ', for=198.51.100.7', 'for=198.51.100.7 , ,']) {
    assert.deepEqual(read(proxy, { forwarded: list }), { address: '198.51.100.7' }, list)
  }
  assert.deepEqual(read(proxy, { forwarded: ['', 'for=198.51.100.7'] }), { address: '198.51.100.7' })
})

test('a Forwarded header without any "for" counts as absent', () => {
  const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'proto=https;host=ip.example.org' }
  assert.deepEqual(read(proxy, headers), { address: '203.0.113.7' })
})

test('of several addresses the right-most one that is not a trusted proxy counts', () => {
  const chain = '198.51.100.1, 203.0.113.7, 10.0.0.3,10.0.0.2'
  assert.deepEqual(read(proxy, { 'x-forwarded-for': chain }), { address: '203.0.113.7' })
  const forwarded = 'for=198.51.100.1, for=203.0.113.7;proto=http, for=10.0.0.3, by=x;for=10.0.0.2'
  assert.deepEqual(read(proxy, { forwarded }), { address: '203.0.113.7' })
})

test('if all are trusted proxies, the left-most is the source', () => {
  assert.deepEqual(read(proxy, { 'x-forwarded-for': '10.0.0.9, 10.0.0.2' }), { address: '10.0.0.9' })
})

test('several header lines count as one list', () => {
  assert.deepEqual(read(proxy, { 'x-forwarded-for': ['198.51.100.1', '203.0.113.7'] }), {
    address: '203.0.113.7',
  })
  assert.deepEqual(read(proxy, { forwarded: ['for=198.51.100.1', 'for=203.0.113.7'] }), {
    address: '203.0.113.7',
  })
})

test('ports and brackets are removed, and addresses are canonical', () => {
  for (const [node, address] of [
    ['203.0.113.7:51000', '203.0.113.7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:DB8:0::7]:443', '2001:db8::7'],
    ['2001:db8::7', '2001:db8::7'],
    ['[::ffff:203.0.113.7]:80', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
  ] as const) {
    assert.deepEqual(read(proxy, { 'x-forwarded-for': node }), { address }, node)
    assert.deepEqual(read(proxy, { forwarded: `for="${node}"` }), { address }, node)
  }
})

test('an obfuscated port does not hide the address', () => {
  assert.deepEqual(read(proxy, { forwarded: 'for="203.0.113.7:_http"' }), { address: '203.0.113.7' })
})

test('a nearest hop that is not an address leaves the source unclear', () => {
  for (const node of [
    'unknown',
    '_hidden',
    'localhost',
    '203.0.113',
    '203.0.113.007',
    '203.0.113.7 x',
    '1.2.3.4:',
    '[203.0.113.7',
    'fe80::1%eth0',
    '[::1',
  ]) {
    assert.match(
      unclear(proxy, { 'x-forwarded-for': `198.51.100.1, ${node}` }),
      /^X-Forwarded-For names .*, which is not an address$/,
      node,
    )
    assert.match(unclear(proxy, { forwarded: `for=198.51.100.1, for="${node}"` }), /^Forwarded names /, node)
  }
})

test('a name behind a trusted hop leaves the source unclear too', () => {
  assert.match(unclear(proxy, { 'x-forwarded-for': 'unknown, 10.0.0.2' }), /"unknown"/)
})

test('the elements left of the source are not read', () => {
  assert.deepEqual(read(proxy, { 'x-forwarded-for': 'unknown, <script>, 203.0.113.7' }), {
    address: '203.0.113.7',
  })
  assert.deepEqual(read(proxy, { forwarded: 'for=_x, proto=http, for=203.0.113.7' }), {
    address: '203.0.113.7',
  })
})

test('a malformed Forwarded header leaves the source unclear', () => {
  for (const forwarded of ['for=', 'for="203.0.113.7', 'for=2001:db8::7', '203.0.113.7']) {
    assert.match(unclear(proxy, { forwarded }), /^Forwarded does not have the form of RFC 7239/, forwarded)
  }
})

test('a nearest Forwarded element without "for", next to one that has it, leaves the source unclear', () => {
  for (const forwarded of ['for=203.0.113.7, proto=https', 'for=203.0.113.7, by=10.0.0.1']) {
    assert.match(unclear(proxy, { forwarded }), /^Forwarded names ""/)
  }
})

test('two names in one Forwarded element leave the source unclear, in any spelling', () => {
  for (const forwarded of [
    'for=198.51.100.1;for=203.0.113.7',
    'for=198.51.100.1; FOR=203.0.113.7',
    'for=203.0.113.7;proto=http;For=203.0.113.7',
  ]) {
    assert.match(unclear(proxy, { forwarded }), /more than one "for"/, forwarded)
  }
})

test('an extension parameter that ends in "for" is not "for"', () => {
  assert.deepEqual(read(proxy, { forwarded: 'x-for=1;for=203.0.113.7' }), { address: '203.0.113.7' })
})

test('two headers that name the same address are accepted', () => {
  const headers = {
    'x-forwarded-for': '198.51.100.9, 203.0.113.7',
    forwarded: 'for="203.0.113.7:1", for=10.0.0.2',
  }
  assert.deepEqual(read(proxy, headers), { address: '203.0.113.7' })
})

test('two headers that name different addresses leave the source unclear', () => {
  const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=198.51.100.1' }
  assert.equal(
    unclear(proxy, headers),
    'the proxies disagree: X-Forwarded-For names 203.0.113.7, Forwarded 198.51.100.1',
  )
})

test('a valid header does not make up for an invalid one', () => {
  assert.match(unclear(proxy, { 'x-forwarded-for': '203.0.113.7', forwarded: '=' }), /^Forwarded/)
  assert.match(unclear(proxy, { 'x-forwarded-for': 'unknown', forwarded: 'for=203.0.113.7' }), /"unknown"/)
})

test('a proxy of IPv6 is trusted by its network', () => {
  assert.deepEqual(read('fd00::1', { 'x-forwarded-for': '2001:db8::7' }), { address: '2001:db8::7' })
  assert.deepEqual(read('fe00::1', { 'x-forwarded-for': '2001:db8::7' }), {
    address: 'fe00::1',
    ignored: 'X-Forwarded-For',
  })
})

test('no proxy is trusted by default', () => {
  const source = readSource('10.0.0.1', { 'x-forwarded-for': '203.0.113.7' }, trustOf([]))
  assert.deepEqual(source, { address: '10.0.0.1', ignored: 'X-Forwarded-For' })
})

test('whatever a client writes, the address that the proxy appends is the source', () => {
  const written = fc.string({ unit: fc.constantFrom(...'for=".,;:[]_ 0123456789abc\\') })
  fc.assert(
    fc.property(written, fc.ipV4(), (garbage, seen) => {
      fc.pre(!isTrusted(parseAddress(seen)))
      assert.deepEqual(read(proxy, { 'x-forwarded-for': `${garbage}, ${seen}` }), { address: seen })
    }),
  )
})

test('whatever a client writes in Forwarded, the source is what the proxy appends, or unclear', () => {
  const written = fc.string({ unit: fc.constantFrom(...'for=".,;:[]_ 0123456789abc\\') })
  fc.assert(
    fc.property(written, garbage => {
      const source = read(proxy, { forwarded: `${garbage}, for=203.0.113.7` })
      if ('address' in source) assert.equal(source.address, '203.0.113.7')
    }),
    { numRuns: 2000 },
  )
})

function read(peer: string | undefined, headers: Record<string, string | string[]>): Source {
  return readSource(peer, headers, isTrusted)
}

function unclear(peer: string | undefined, headers: Record<string, string | string[]>): string {
  const source = read(peer, headers)
  assert.ok('unclear' in source, `the source is ${JSON.stringify(source)}`)
  return source.unclear
}
