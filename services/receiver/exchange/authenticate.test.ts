import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSecret } from '@ipupdater/protocol'
import { home, homeSecret, signed } from '../fixtures/device.ts'
import type { AcceptedSecret } from './authenticate.ts'
import { authenticate } from './authenticate.ts'

const newer: AcceptedSecret = { secret: parseSecret('a newer secret of the home'), added: 2 }
const current: AcceptedSecret = { secret: homeSecret, added: 1 }
const { request } = signed('ipupdater-ip', '{}')

test('an authenticated device comes with the secret that signed and its registry id', () => {
  const device = authenticate(request, () => [current])
  assert.deepEqual(device, { request, secret: homeSecret, secretAdded: 1, endsRotation: false })
})

test('during a rotation the secret that signed is found, whichever of the two it is', () => {
  assert.equal(authenticate(request, () => [newer, current]).secretAdded, 1)
  const { request: rotated } = signed('ipupdater-ip', '{}', { secret: newer.secret })
  assert.equal(authenticate(rotated, () => [newer, current]).secret, newer.secret)
})

test('a rotation ends with the first use of the newest of two secrets, not before', () => {
  const { request: rotated } = signed('ipupdater-ip', '{}', { secret: newer.secret })
  assert.equal(authenticate(request, () => [newer, current]).endsRotation, false)
  assert.equal(authenticate(rotated, () => [newer, current]).endsRotation, true)
  assert.equal(authenticate(rotated, () => [newer]).endsRotation, false)
})

test("only the secrets of the request's own device are looked up", () => {
  const lookedUp: string[] = []
  authenticate(request, device => {
    lookedUp.push(device)
    return [current]
  })
  assert.deepEqual(lookedUp, [home])
})

test('a wrong secret and an unknown device are refused in the same words', () => {
  const refusals = [[newer], []].map(accepted => {
    try {
      authenticate(request, () => accepted)
    } catch (error) {
      return { code: (error as { code: string }).code, message: (error as Error).message }
    }
    return assert.fail('was authenticated')
  })
  assert.deepEqual(refusals[0], refusals[1])
  assert.equal(refusals[0]?.code, 'not-authenticated')
})
