import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isHostnameOf, readUpdateRequest } from './request.ts'

const read = (query: string) => readUpdateRequest(new URLSearchParams(query))

test('hostnames and both addresses are read from lists', () => {
  assert.deepEqual(read('hostname=cabin.example.org,cabin.example.net&myip=203.0.113.7,2001:DB8::7'), {
    hostnames: ['cabin.example.org', 'cabin.example.net'],
    given: { 4: '203.0.113.7', 6: '2001:db8::7' },
  })
  assert.deepEqual(read('hostname=cabin&myip=203.0.113.7&myipv6=2001:db8::7'), {
    hostnames: ['cabin'],
    given: { 4: '203.0.113.7', 6: '2001:db8::7' },
  })
})

test('an empty, unreadable or missing address is absent', () => {
  for (const query of [
    '',
    '&myip=&myipv6=',
    '&myip=,',
    '&myip=%3Cipaddr%3E',
    '&myip=0',
    '&myipv6=fe80::1%25eth0',
  ]) {
    assert.deepEqual(read(`hostname=cabin${query}`), { hostnames: ['cabin'], given: {} }, query)
  }
})

test('the length of a prefix is dropped from an address, and the first address of a family counts', () => {
  assert.deepEqual(read('hostname=cabin&myipv6=2001:db8::7/64,2001:db8::8'), {
    hostnames: ['cabin'],
    given: { 6: '2001:db8::7' },
  })
})

test('obsolete parameters and the prefix of a FRITZ!Box are ignored', () => {
  const obsolete =
    'system=dyndns&wildcard=ON&mx=a.example&backmx=YES&offline=YES&url=x&ip6lanprefix=2001:db8:1::/64'
  assert.deepEqual(read(`${obsolete}&hostname=cabin&myip=203.0.113.7`), {
    hostnames: ['cabin'],
    given: { 4: '203.0.113.7' },
  })
})

test('a request without a hostname, or with one that is none, is not a name', () => {
  for (const query of [
    '',
    'hostname=',
    'hostname=,',
    'hostname=a b',
    'hostname=-a.example',
    'hostname=a..example',
    'hostname=cabin,a b',
  ]) {
    assert.deepEqual(read(query), { fault: 'notfqdn' }, query)
  }
  assert.deepEqual(read(`hostname=${'a'.repeat(64)}.example`), { fault: 'notfqdn' })
  assert.deepEqual(read(`hostname=${'a.'.repeat(127)}example`), { fault: 'notfqdn' })
})

test('a hostname has at most 253 characters', () => {
  const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`
  assert.deepEqual(read(`hostname=${longest}`), { hostnames: [longest], given: {} })
  assert.deepEqual(read(`hostname=${longest}d`), { fault: 'notfqdn' })
})

test('spaces and empty places in a list do not count', () => {
  assert.deepEqual(read('hostname=cabin,%20home%20,&myip=%20203.0.113.7%20'), {
    hostnames: ['cabin', 'home'],
    given: { 4: '203.0.113.7' },
  })
})

test('something that only contains the length of a prefix is no address', () => {
  assert.deepEqual(read('hostname=cabin&myip=203.0.113.7/24x'), { hostnames: ['cabin'], given: {} })
})

test('twenty hostnames are read, twenty-one are too many', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.example`).join()
  assert.ok('hostnames' in read(`hostname=${names(20)}`))
  assert.deepEqual(read(`hostname=${names(21)}`), { fault: 'numhost' })
})

test('a hostname belongs to the device that its first label names, in either case', () => {
  assert.equal(isHostnameOf('cabin', 'Cabin.example.org'), true)
  assert.equal(isHostnameOf('cabin', 'CABIN'), true)
  assert.equal(isHostnameOf('cabin', 'cabin2.example.org'), false)
  assert.equal(isHostnameOf('cabin', 'www.cabin.example.org'), false)
})
