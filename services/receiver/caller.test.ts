import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress, parseSecret } from '@ipupdater/protocol'
import type { AcceptedSecret } from './caller.ts'
import { authenticate } from './caller.ts'
import { home, homeSecret, signed } from './test-device.ts'

const source = { address: parseAddress('203.0.113.7') }
const newer: AcceptedSecret = { secret: parseSecret('a newer secret of the home'), added: 2 }
const current: AcceptedSecret = { secret: homeSecret, added: 1 }
const { request } = signed('ipupdater-ip', '{}')

test('the caller bears the secret that signed, by its id, and its source', () => {
  const caller = authenticate(request, source, () => [current])
  assert.deepEqual(caller, { request, secret: homeSecret, secretAdded: 1, endsRotation: false, source })
})

test('during a rotation the answer is for the secret that signed, whichever it is', () => {
  assert.equal(authenticate(request, source, () => [newer, current]).secretAdded, 1)
  const { request: rotated } = signed('ipupdater-ip', '{}', { secret: newer.secret })
  assert.deepEqual(authenticate(rotated, source, () => [newer, current]).secret, newer.secret)
})

test('a rotation ends with the first use of the newest of two secrets, not before', () => {
  const { request: rotated } = signed('ipupdater-ip', '{}', { secret: newer.secret })
  assert.equal(authenticate(request, source, () => [newer, current]).endsRotation, false)
  assert.equal(authenticate(rotated, source, () => [newer, current]).endsRotation, true)
  assert.equal(authenticate(rotated, source, () => [newer]).endsRotation, false)
})

test("only the secrets of the request's own device are asked for", () => {
  const asked: string[] = []
  authenticate(request, source, device => {
    asked.push(device)
    return [current]
  })
  assert.deepEqual(asked, [home])
})

test('a wrong secret and an unknown device are refused in the same words', () => {
  const refusals = [[newer], []].map(accepted => {
    try {
      authenticate(request, source, () => accepted)
    } catch (error) {
      return { code: (error as { code: string }).code, message: (error as Error).message }
    }
    return assert.fail('was authenticated')
  })
  assert.deepEqual(refusals[0], refusals[1])
  assert.equal(refusals[0]?.code, 'not-authenticated')
})
