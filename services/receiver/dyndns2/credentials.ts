import { createHash, timingSafeEqual } from 'node:crypto'
import type { DeviceName, Secret } from '@ipupdater/protocol'
import { parseDeviceName } from '@ipupdater/protocol'
import type { RegisteredDevice } from '../registry/device-table.ts'

/** User name and password of HTTP Basic (RFC 7617). */
export interface Credentials {
  readonly user: string
  readonly password: string
}

/** A router or other client of the registry, with what it may prove itself by. */
export interface PasswordDevice {
  /** s between its reports; null if none was promised at registration. */
  readonly interval: number | null
  /** Newest first. */
  readonly passwords: readonly AcceptedPassword[]
}

/** A password that is accepted from a device, as the registry keeps it. */
export interface AcceptedPassword {
  /** SHA-256 of the password. No slow hash is needed: passwords are made at random, with 116 bits. */
  readonly sha256: Buffer
  /** The registry's id of this password. */
  readonly added: number
}

/** Null for an unknown name and for a device that signs. */
export type FindPasswordDevice = (device: DeviceName) => PasswordDevice | null

export interface AuthenticatedRouter {
  readonly device: DeviceName
  readonly interval: number | null
  /** The registry's id of the password that was used. */
  readonly passwordAdded: number
  /** The newest of two passwords was used: the older one is no longer needed. */
  readonly endsRotation: boolean
}

/** A device of the registry, which keeps the SHA-256 of a password as its secret, in base64url. */
export function passwordDeviceOf(registered: RegisteredDevice | null): PasswordDevice | null {
  if (registered === null) return null
  const { interval, secrets } = registered
  const passwords = secrets.map(({ secret, added }) => ({ sha256: Buffer.from(secret, 'base64url'), added }))
  return { interval, passwords }
}

/** The SHA-256 of a password as the registry keeps it. */
export function digestOf(password: string): Secret {
  return createHash('sha256').update(password).digest('base64url') as Secret
}

/** The credentials in an Authorization field; null: there is none, or it is not Basic. */
export function readCredentials(authorization: string | undefined): Credentials | null {
  const [, encoded] = /^Basic +([a-z0-9+/]+={0,2}) *$/i.exec(authorization ?? '') ?? []
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

/**
 * The device whose user name and password these are; null if they are not. A wrong password, an unknown name and the
 * name of a device that signs cost the same work: one hash and two comparisons.
 */
export function authenticate(
  { user, password }: Credentials,
  find: FindPasswordDevice,
): AuthenticatedRouter | null {
  const device = accountOf(user)
  const found = device === null ? null : find(device)
  const accepted = found?.passwords ?? []
  const [newest = noPassword, older = noPassword] = accepted
  const digest = createHash('sha256').update(password).digest()
  const matches = [newest, older].map(({ sha256 }) => timingSafeEqual(sha256, digest))
  const used = accepted[matches.indexOf(true)]
  if (device === null || found === null || used === undefined) return null
  const { interval } = found
  return { device, interval, passwordAdded: used.added, endsRotation: used === newest && accepted.length > 1 }
}

/** Compared if there is no device, so that the work is the same. No known password has this digest. */
const noPassword: AcceptedPassword = { sha256: Buffer.alloc(32), added: 0 }

/** The device that a user name stands for; null: no device can have it. */
export function accountOf(user: string): DeviceName | null {
  try {
    return parseDeviceName(user)
  } catch {
    return null
  }
}
