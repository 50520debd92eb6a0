import type { DeviceName, Secret } from '@ipupdater/protocol'
import { MAX_INTERVAL_SECONDS, MAX_SECRETS, parseDeviceName, parseSecret } from '@ipupdater/protocol'

/** One device in `devices.jsonl`. */
export interface RegistryEntry {
  readonly device: DeviceName
  /** How the device proves who it is. Fixed when it is registered: another kind needs another name. */
  readonly kind: DeviceKind
  /** s between the reports of a device that reports by password; null if none was promised. Signed reports carry it. */
  readonly interval: number | null
  /** Newest first; one, or two while a rotation lasts. */
  readonly secrets: readonly RegistrySecret[]
}

/** `signed`: signs each message with its secret. `password`: sends a password, as dyndns2 does. */
export type DeviceKind = 'signed' | 'password'

export interface RegistrySecret {
  /** Of a `password` device: the SHA-256 of the password, in base64url. */
  readonly secret: Secret
  /** When it was added, ms since the epoch: its id among the secrets of its device. */
  readonly added: number
}

/** A newly registered device that signs. */
export function signedEntry(device: DeviceName, secret: Secret, added: number): RegistryEntry {
  return { device, kind: 'signed', interval: null, secrets: [{ secret, added }] }
}

/** A device that signs has neither `kind` nor `interval` in its line, as before there were other kinds. */
export function encodeRegistryLine({ device, kind, interval, secrets }: RegistryEntry): string {
  const listed = secrets.map(({ secret, added }) => ({ secret, added }))
  return JSON.stringify(
    kind === 'signed' ? { device, secrets: listed } : { device, kind, interval, secrets: listed },
  )
}

/** What is wrong with a line; follows "line 7 ". It quotes nothing but the name of the device: the line contains secrets. */
export class LineFault extends Error {}

/** @throws LineFault */
export function parseRegistryLine(line: string): RegistryEntry {
  const value = parseJson(line)
  const hasKind = typeof value === 'object' && value !== null && Object.hasOwn(value, 'kind')
  const names = hasKind ? passwordMembers : signedMembers
  const { device: name, kind = 'signed', interval = null, secrets } = members(value, names)
  if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > MAX_SECRETS) {
    throw new LineFault('has not one or two secrets')
  }
  const device = readName(name)
  const entry: RegistryEntry = {
    device,
    kind: readKind(kind),
    interval: readInterval(interval),
    secrets: secrets.map(secret => readSecret(secret, device)),
  }
  const [newest, older] = entry.secrets
  if (newest && older && newest.added <= older.added)
    throw new LineFault('does not have its secrets in the order newest first')
  return entry
}

type Member = 'device' | 'kind' | 'interval' | 'secrets'
const signedMembers: readonly Member[] = ['device', 'secrets']
const passwordMembers: readonly Member[] = ['device', 'kind', 'interval', 'secrets']

const maxSecretBytes = 1024

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new LineFault('is not JSON') // the parser's own message would quote the line
  }
}

function members<K extends string>(value: unknown, names: readonly K[]): Partial<Record<K, unknown>> {
  const isComplete =
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === names.length &&
    names.every(name => Object.hasOwn(value, name))
  if (!isComplete) throw new LineFault(`has other members than ${names.join(' and ')}`)
  return value as Partial<Record<K, unknown>>
}

function readName(value: unknown): DeviceName {
  try {
    return parseDeviceName(String(value))
  } catch {
    throw new LineFault('has no device name of 1 to 63 of a-z, 0-9 and "-"')
  }
}

function readKind(value: unknown): DeviceKind {
  if (value === 'signed' || value === 'password') return value
  throw new LineFault('has a kind that is neither "signed" nor "password"')
}

function readInterval(value: unknown): number | null {
  if (value === null || isInterval(value)) return value
  throw new LineFault(
    `has an interval that is not a whole number of seconds from 1 to ${MAX_INTERVAL_SECONDS}`,
  )
}

function isInterval(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_INTERVAL_SECONDS
}

function readSecret(value: unknown, device: DeviceName): RegistrySecret {
  const { secret, added } = members(value, ['secret', 'added'])
  if (typeof added !== 'number' || !Number.isSafeInteger(added) || added < 0) {
    throw new LineFault('has a secret whose "added" is not a time in milliseconds')
  }
  if (typeof secret !== 'string' || secret.length > maxSecretBytes) {
    throw new LineFault(`has a secret that is no text of at most ${maxSecretBytes} characters`)
  }
  try {
    return { secret: parseSecret(secret), added }
  } catch {
    throw new LineFault(
      `has a secret of ${device} under 16 characters, or one with blanks or control characters`,
    )
  }
}
