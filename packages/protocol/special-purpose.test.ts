import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { familyOf, parseAddress } from './address.ts'
import { REACHABLE_BLOCKS, specialPurpose, UNREACHABLE_BLOCKS } from './special-purpose.ts'

test('ordinary public addresses have no special purpose', () => {
  for (const text of [
    '1.1.1.1',
    '8.8.8.8',
    '223.255.255.255',
    '2a02:8070::1',
    '2606:4700::1111',
    '2001:4860:4860::8888',
  ]) {
    assert.equal(specialPurpose(parseAddress(text)), null, text)
  }
})

test('the block because of which an address is not reachable is named, with its document', () => {
  assert.deepEqual(specialPurpose(parseAddress('100.64.0.1')), {
    block: '100.64.0.0/10',
    name: 'Shared Address Space (carrier-grade NAT)',
    rfc: 'RFC 6598',
  })
  assert.deepEqual(specialPurpose(parseAddress('FD00::1')), {
    block: 'fc00::/7',
    name: 'Unique-Local',
    rfc: 'RFC 4193, RFC 8190',
  })
})

test('an address of the NAT64 prefix is judged by the IPv4 address in it', () => {
  for (const text of ['10.0.0.1', '100.64.0.1', '127.0.0.1', '169.254.1.1', '172.16.0.1', '192.168.1.1']) {
    const plain = specialPurpose(parseAddress(text))
    assert.ok(plain)
    const embedded = { ...plain, name: `${plain.name}, embedded in 64:ff9b::/96` }
    assert.deepEqual(specialPurpose(parseAddress(`64:ff9b::${text}`)), embedded, text)
  }
  for (const text of ['8.8.8.8', '1.1.1.1', '192.0.0.10']) {
    assert.equal(specialPurpose(parseAddress(`64:ff9b::${text}`)), null, text)
  }
})

test('every other prefix that embeds an IPv4 address is refused as a whole', () => {
  const prefixes = {
    '::8.8.8.8': '::/3', // IPv4-compatible, RFC 4291 §2.5.5.1
    '::ffff:0:8.8.8.8': '::/3', // SIIT, RFC 2765
    '64:ff9b:1::8.8.8.8': '64:ff9b:1::/48',
    '2001:0:808:808::1': '2001::/32',
    '2002:808:808::1': '2002::/16',
  }
  for (const [text, block] of Object.entries(prefixes)) {
    assert.equal(specialPurpose(parseAddress(text))?.block, block, text)
  }
})

test('each well-known block begins and ends where its document says', () => {
  const edges = [
    ['0.0.0.0', '0.0.0.0/32'],
    ['0.0.0.1', '0.0.0.0/8'],
    ['0.255.255.255', '0.0.0.0/8'],
    ['1.0.0.0', null],
    ['9.255.255.255', null],
    ['10.0.0.0', '10.0.0.0/8'],
    ['10.255.255.255', '10.0.0.0/8'],
    ['11.0.0.0', null],
    ['100.63.255.255', null],
    ['100.127.255.255', '100.64.0.0/10'],
    ['100.128.0.0', null],
    ['127.0.0.1', '127.0.0.0/8'],
    ['128.0.0.0', null],
    ['169.254.169.254', '169.254.0.0/16'],
    ['172.15.255.255', null],
    ['172.16.0.0', '172.16.0.0/12'],
    ['172.31.255.255', '172.16.0.0/12'],
    ['172.32.0.0', null],
    ['192.0.0.7', '192.0.0.0/29'],
    ['192.0.0.8', '192.0.0.8/32'],
    ['192.0.0.9', null],
    ['192.0.0.10', null],
    ['192.0.0.11', '192.0.0.0/24'],
    ['192.0.0.170', '192.0.0.170/32'],
    ['192.0.0.171', '192.0.0.171/32'],
    ['192.0.1.0', null],
    ['192.0.2.255', '192.0.2.0/24'],
    ['192.31.196.1', null],
    ['192.52.193.1', null],
    ['192.88.99.1', '192.88.99.0/24'],
    ['192.88.99.2', '192.88.99.2/32'],
    ['192.168.255.255', '192.168.0.0/16'],
    ['192.169.0.0', null],
    ['192.175.48.1', null],
    ['198.17.255.255', null],
    ['198.19.255.255', '198.18.0.0/15'],
    ['198.20.0.0', null],
    ['198.51.100.1', '198.51.100.0/24'],
    ['203.0.113.1', '203.0.113.0/24'],
    ['224.0.0.0', '224.0.0.0/4'],
    ['239.255.255.255', '224.0.0.0/4'],
    ['240.0.0.0', '240.0.0.0/4'],
    ['255.255.255.254', '240.0.0.0/4'],
    ['255.255.255.255', '255.255.255.255/32'],
    ['::', '::/128'],
    ['::1', '::1/128'],
    ['::2', '::/3'],
    ['::192.0.2.1', '::/3'],
    ['64:ff9b::808:808', null],
    ['64:ff9b::', '0.0.0.0/32'],
    ['64:ff9b::a00:0', '10.0.0.0/8'],
    ['64:ff9b::aff:ffff', '10.0.0.0/8'],
    ['64:ff9b::b00:0', null],
    ['64:ff9b::c000:9', null],
    ['64:ff9b::ffff:ffff', '255.255.255.255/32'],
    ['64:ff9b::1:0:0:1', '::/3'],
    ['::ffff:0:808:808', '::/3'],
    ['64:ff9b:0:0:0:1::', '::/3'],
    ['64:ff9b:1::1', '64:ff9b:1::/48'],
    ['100::1', '100::/64'],
    ['100:0:0:1::1', '100:0:0:1::/64'],
    ['100:0:0:2::1', '::/3'],
    ['1fff:ffff::1', '::/3'],
    ['2000::1', null],
    ['2001::1', '2001::/32'],
    ['2001:1::1', null],
    ['2001:1::2', null],
    ['2001:1::3', null],
    ['2001:1::4', '2001::/23'],
    ['2001:2::1', '2001:2::/48'],
    ['2001:3::1', null],
    ['2001:4:112::1', null],
    ['2001:4:113::1', '2001::/23'],
    ['2001:10::1', '2001:10::/28'],
    ['2001:1f:ffff::1', '2001:10::/28'],
    ['2001:20::1', null],
    ['2001:2f:ffff::1', null],
    ['2001:30::1', null],
    ['2001:40::1', '2001::/23'],
    ['2001:1ff:ffff::1', '2001::/23'],
    ['2001:200::1', null],
    ['2001:db8::1', '2001:db8::/32'],
    ['2001:db9::1', null],
    ['2002:808:808::1', '2002::/16'],
    ['2003::1', null],
    ['2620:4f:8000::1', null],
    ['3fff:fff::1', '3fff::/20'],
    ['3fff:1000::1', null],
    ['4000::1', '4000::/2'],
    ['5f00::1', '5f00::/16'],
    ['5f01::1', '4000::/2'],
    ['7fff::1', '4000::/2'],
    ['8000::1', '8000::/1'],
    ['fbff::1', '8000::/1'],
    ['fc00::1', 'fc00::/7'],
    ['fdff::1', 'fc00::/7'],
    ['fe00::1', '8000::/1'],
    ['fe80::1', 'fe80::/10'],
    ['febf::1', 'fe80::/10'],
    ['fec0::1', '8000::/1'],
    ['ff02::1', 'ff00::/8'],
    ['::ffff:10.0.0.1', '10.0.0.0/8'],
    ['::ffff:8.8.8.8', null],
  ] as const
  for (const [text, block] of edges)
    assert.equal(specialPurpose(parseAddress(text))?.block ?? null, block, text)
})

test('every row has a unique block, a name and a document', () => {
  const rows = [...UNREACHABLE_BLOCKS, ...REACHABLE_BLOCKS]
  assert.equal(new Set(rows.map(([block]) => block)).size, rows.length)
  for (const [block, name, rfc] of rows) {
    const [network = ''] = block.split('/')
    assert.equal(parseAddress(network), network)
    assert.match(name, /^\S.*\S$/)
    assert.match(rfc, /^RFC \d+/)
  }
})

test('the narrowest row decides for every address in or around the rows', () => {
  const rows = [
    ...UNREACHABLE_BLOCKS.map(([block]) => ({ ...bitsOfBlock(block), block })),
    ...REACHABLE_BLOCKS.map(([block]) => ({ ...bitsOfBlock(block), block: null })),
  ]
  const nearby = fc
    .tuple(fc.constantFrom(...rows), fc.bigInt({ min: -2n, max: 1n << 100n }))
    .map(([row, offset]) => {
      const size = row.family === 4 ? 32 : 128
      return textOf((row.base + offset) & ((1n << BigInt(size)) - 1n), row.family)
    })
  const blockOf = (bits: bigint, family: 4 | 6): string | null => {
    if (family === 6 && bits >> 32n === nat64) return blockOf(bits & 0xffff_ffffn, 4)
    const narrowest = rows
      .filter(row => row.family === family && (bits ^ row.base) >> row.free === 0n)
      .toSorted((a, b) => Number(a.free - b.free))[0]
    return narrowest?.block ?? null
  }
  fc.assert(
    fc.property(fc.oneof(nearby, fc.ipV4(), fc.ipV6()), text => {
      const address = parseAddress(text)
      assert.equal(specialPurpose(address)?.block ?? null, blockOf(bitsOf(address), familyOf(address)))
    }),
    { numRuns: 3000 },
  )
})

const nat64 = bitsOf('64:ff9b::') >> 32n

function bitsOfBlock(block: string): { family: 4 | 6; base: bigint; free: bigint } {
  const [network = '', length] = block.split('/')
  const family = network.includes(':') ? 6 : 4
  return { family, base: bitsOf(network), free: BigInt((family === 4 ? 32 : 128) - Number(length)) }
}

function bitsOf(address: string): bigint {
  if (!address.includes(':'))
    return BigInt(
      `0x${address
        .split('.')
        .map(byte => hex(Number(byte), 2))
        .join('')}`,
    )
  const [head = [], tail = []] = address
    .split('::')
    .map(half => half.split(':').filter(group => group !== ''))
  const groups = [...head, ...new Array(8 - head.length - tail.length).fill('0'), ...tail]
  return BigInt(`0x${groups.map(group => group.padStart(4, '0')).join('')}`)
}

function textOf(bits: bigint, family: 4 | 6): string {
  const digits = bits.toString(16).padStart(family === 4 ? 8 : 32, '0')
  if (family === 6) return (digits.match(/.{4}/g) ?? []).join(':')
  return (digits.match(/../g) ?? []).map(byte => Number.parseInt(byte, 16)).join('.')
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0')
}
