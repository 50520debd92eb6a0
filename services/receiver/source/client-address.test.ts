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

test('an IPv4 caller on a dual-stack socket is IPv4', () => {
  assert.deepEqual(read('::ffff:203.0.113.7', {}), { address: '203.0.113.7' })
})

test('a trusted proxy on a dual-stack socket is still trusted', () => {
  assert.deepEqual(read('::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.7' }), { address: '203.0.113.7' })
})

test('the zone of a link-local caller is dropped', () => {
  assert.deepEqual(read('fe80::1%eth0', {}), { address: 'fe80::1' })
})

test('a connection that is already gone has no source', () => {
  assert.match(unclear(undefined, {}), /closed/)
})

test('headers of a caller that is no trusted proxy are not even read', () => {
  for (const headers of [
    { 'x-forwarded-for': '198.51.100.1' },
    { forwarded: 'for=198.51.100.1' },
    { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.2' },
    { 'x-forwarded-for': 'garbage', forwarded: ';;;' },
  ]) {
    assert.deepEqual(read('203.0.113.7', headers), { address: '203.0.113.7' })
  }
})

test('a trusted proxy that sends neither header is the source itself', () => {
  assert.deepEqual(read(proxy, {}), { address: proxy })
})

test('of several addresses the right-most that is no trusted proxy counts', () => {
  const chain = '198.51.100.1, 203.0.113.7, 10.0.0.3,10.0.0.2'
  assert.deepEqual(read(proxy, { 'x-forwarded-for': chain }), { address: '203.0.113.7' })
  const forwarded = 'for=198.51.100.1, for=203.0.113.7;proto=http, for=10.0.0.3, by=x;for=10.0.0.2'
  assert.deepEqual(read(proxy, { forwarded }), { address: '203.0.113.7' })
})

test('where all are trusted proxies the left-most is the source', () => {
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

test('ports and brackets are taken off, and addresses brought to one spelling', () => {
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

test('a nearest hop that is no address leaves the source unclear', () => {
  for (const node of [
    'unknown',
    '_hidden',
    '',
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
      /^X-Forwarded-For names /,
      node,
    )
    assert.match(unclear(proxy, { forwarded: `for=198.51.100.1, for="${node}"` }), /^Forwarded names /, node)
  }
})

test('a name behind a trusted hop leaves the source unclear too', () => {
  assert.match(unclear(proxy, { 'x-forwarded-for': 'unknown, 10.0.0.2' }), /"unknown"/)
})

test('what stands left of the source does not matter', () => {
  assert.deepEqual(read(proxy, { 'x-forwarded-for': 'unknown, <script>, 203.0.113.7' }), {
    address: '203.0.113.7',
  })
  assert.deepEqual(read(proxy, { forwarded: 'for=_x, proto=http, for=203.0.113.7' }), {
    address: '203.0.113.7',
  })
})

test('a Forwarded header in no known form leaves the source unclear', () => {
  for (const forwarded of [
    '',
    'for=',
    'for="203.0.113.7',
    'for=2001:db8::7',
    'for=1.2.3.4,',
    '203.0.113.7',
  ]) {
    assert.match(unclear(proxy, { forwarded }), /^Forwarded is not in the form of RFC 7239/, forwarded)
  }
})

test('a nearest Forwarded element that names nobody leaves the source unclear', () => {
  for (const forwarded of ['for=203.0.113.7, proto=https', 'proto=https']) {
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

test('an extension parameter that ends in "for" is none', () => {
  assert.deepEqual(read(proxy, { forwarded: 'x-for=1;for=203.0.113.7' }), { address: '203.0.113.7' })
})

test('two headers that lead to the same address are believed', () => {
  const headers = {
    'x-forwarded-for': '198.51.100.9, 203.0.113.7',
    forwarded: 'for="203.0.113.7:1", for=10.0.0.2',
  }
  assert.deepEqual(read(proxy, headers), { address: '203.0.113.7' })
})

test('two headers that lead to different addresses leave the source unclear', () => {
  const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=198.51.100.1' }
  assert.equal(unclear(proxy, headers), 'X-Forwarded-For leads to 203.0.113.7 and Forwarded to 198.51.100.1')
})

test('a sound header does not make up for an unsound one', () => {
  assert.match(unclear(proxy, { 'x-forwarded-for': '203.0.113.7', forwarded: '=' }), /^Forwarded/)
  assert.match(unclear(proxy, { 'x-forwarded-for': 'unknown', forwarded: 'for=203.0.113.7' }), /"unknown"/)
})

test('a proxy of IPv6 is trusted by its network', () => {
  assert.deepEqual(read('fd00::1', { 'x-forwarded-for': '2001:db8::7' }), { address: '2001:db8::7' })
  assert.deepEqual(read('fe00::1', { 'x-forwarded-for': '2001:db8::7' }), { address: 'fe00::1' })
})

test('nobody is trusted unless it is set', () => {
  const source = readSource('10.0.0.1', { 'x-forwarded-for': '203.0.113.7' }, trustOf([]))
  assert.deepEqual(source, { address: '10.0.0.1' })
})

test('whatever a caller writes, the address that the proxy appends is the source', () => {
  const written = fc.string({ unit: fc.constantFrom(...'for=".,;:[]_ 0123456789abc\\') })
  fc.assert(
    fc.property(written, fc.ipV4(), (garbage, seen) => {
      fc.pre(!isTrusted(parseAddress(seen)))
      assert.deepEqual(read(proxy, { 'x-forwarded-for': `${garbage}, ${seen}` }), { address: seen })
    }),
  )
})

test('whatever a caller writes in Forwarded, the source is what the proxy appends, or unclear', () => {
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
