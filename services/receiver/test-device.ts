import { randomBytes } from 'node:crypto'
import type { SignedRequest, Tag } from '@ipupdater/protocol'
import { parseDeviceName, parseSecret, signRequest } from '@ipupdater/protocol'
import type { Caller } from './caller.ts'
import type { Source } from './source-address.ts'

/** For tests: a device that signs. */
export const home = parseDeviceName('home')
export const homeSecret = parseSecret('the secret of the home')

export interface Signing {
  readonly device?: string
  readonly secret?: string
  readonly created?: number
}

export function signed(tag: Tag, body: string, signing: Signing = {}): ReturnType<typeof signRequest> {
  const { device = home, secret = homeSecret, created = 1_763_827_200 } = signing
  return signRequest(tag, body, {
    device: parseDeviceName(device),
    secret: parseSecret(secret),
    created,
    nonce: randomBytes(16).toString('base64url'),
  })
}

/** A caller whose signature holds already. */
export function callerOf(request: SignedRequest, source: Source): Caller {
  return { request, secret: homeSecret, secretAdded: 17, endsRotation: false, source }
}
