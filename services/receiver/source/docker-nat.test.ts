import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseAddress } from '@ipupdater/protocol'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { maskDetector, readGateways } from './docker-nat.ts'

const gateway = parseAddress('172.18.0.1')
const gateway6 = parseAddress('fd77:1::1')

test("the container's own gateway is masked, in both families, whatever else is allowed", () => {
  for (const allowPrivate of [false, true]) {
    const isMasked = maskDetector([gateway, gateway6], allowPrivate)
    assert.equal(isMasked(gateway), true)
    assert.equal(isMasked(gateway6), true)
  }
})

test("another gateway in Docker's range is masked where private addresses are not allowed", () => {
  const neighbour = parseAddress('172.19.0.1')
  assert.equal(maskDetector([gateway], false)(neighbour), true)
  assert.equal(maskDetector([gateway], true)(neighbour), false)
})

test("Docker's range ends where 172.16.0.0/12 ends", () => {
  const isMasked = maskDetector([gateway], false)
  assert.equal(isMasked(parseAddress('172.16.0.0')), true)
  assert.equal(isMasked(parseAddress('172.31.255.255')), true)
  assert.equal(isMasked(parseAddress('172.15.255.255')), false)
  assert.equal(isMasked(parseAddress('172.32.0.0')), false)
})

test('outside of Docker a private neighbour is not called masked', () => {
  const isMasked = maskDetector([parseAddress('192.168.1.1')], false)
  assert.equal(isMasked(parseAddress('172.18.0.1')), false)
  assert.equal(isMasked(parseAddress('192.168.1.1')), true)
  assert.equal(maskDetector([], false)(gateway), false)
})

test('a public address and an IPv6 neighbour are not masked', () => {
  const isMasked = maskDetector([gateway, gateway6], false)
  assert.equal(isMasked(parseAddress('203.0.113.7')), false)
  assert.equal(isMasked(parseAddress('fd77:1::2')), false)
})

test("the gateways are read from Linux's tables", async () => {
  const directory = await tables({
    route: `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010012AC	0003	0	0	0	00000000	0	0	0
eth0	000012AC	00000000	0001	0	0	0	0000FFFF	0	0	0
eth1	0000000A	010013AC	0003	0	0	0	000000FF	0	0	0
eth2	00000000	00000000	0001	0	0	0	00000000	0	0	0
eth2	00000000	010014AC	0003	0	0	0	00000080	0	0	0
`,
    ipv6_route: `fd770001000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd770001000000000000000000000001 00000400 00000002 00000000 00000003     eth0
00000000000000000000000000000000 01 00000000000000000000000000000000 00 fd770001000000000000000000000002 00000400 00000002 00000000 00000003     eth0
fd000000000000000000000000000000 08 00000000000000000000000000000000 00 fd770001000000000000000000000003 00000400 00000002 00000000 00000003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`,
  })
  assert.deepEqual(await readGateways(directory), [gateway, gateway6])
})

test('where there are no such tables there are no gateways', async () => {
  assert.deepEqual(await readGateways(await tables({})), [])
})

async function tables(files: Record<string, string>): Promise<string> {
  const directory = temporaryDirectory()
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return directory
}
