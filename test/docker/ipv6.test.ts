import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { homeIPv6, reportByIPv6, startHome } from './home.ts'
import { startServer } from './server.ts'

const secret = randomBytes(32).toString('base64url')

test('the container sees the real IPv6 address of a device', async () => {
  await using _home = await startHome()
  await using server = await startServer({ SECRET: secret })

  const report = await reportByIPv6(server, secret)

  assert.equal(report.exit, 0, report.output)
  assert.equal((await server.view('/getip/home?family=6')).text, `${homeIPv6}\n`)
})

test('without IPv6 in its network, the receiver refuses the report because Docker hides the address', async () => {
  await using _home = await startHome()
  await using server = await startServer({ SECRET: secret, ENABLE_IPV6: 'false' })

  const report = await reportByIPv6(server, secret)

  assert.equal(report.exit, 1, report.output)
  assert.match(report.output, /Docker/)
  assert.equal((await server.view('/getip/home')).status, 404)
})
