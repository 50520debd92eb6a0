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
  ]) {
    assert.deepEqual(read(query), { fault: 'notfqdn' }, query)
  }
  assert.deepEqual(read(`hostname=${'a'.repeat(64)}.example`), { fault: 'notfqdn' })
  assert.deepEqual(read(`hostname=${'a.'.repeat(127)}example`), { fault: 'notfqdn' })
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
