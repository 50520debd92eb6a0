import type { DeviceName } from '@ipupdater/protocol'
import { MAX_SECRETS, parseDeviceName, parseSecret } from '@ipupdater/protocol'
import type { RegistrySecret } from './device-table.ts'

/** One device in `devices.jsonl`. */
export interface RegistryEntry {
  readonly device: DeviceName
  /** Newest first; one, or two while a rotation lasts. */
  readonly secrets: readonly RegistrySecret[]
}

export function encodeRegistryLine({ device, secrets }: RegistryEntry): string {
  return JSON.stringify({ device, secrets: secrets.map(({ secret, added }) => ({ secret, added })) })
}

/** What is wrong with a line, to follow "line 7 ". Of the line never more than the device's name: it holds secrets. */
export class LineFault extends Error {}

/** @throws LineFault */
export function parseRegistryLine(line: string): RegistryEntry {
  const { device: name, secrets } = members(parseJson(line), ['device', 'secrets'])
  if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > MAX_SECRETS) {
    throw new LineFault('has not one or two secrets')
  }
  const device = readName(name)
  const entry = { device, secrets: secrets.map(secret => readSecret(secret, device)) }
  const [newest, older] = entry.secrets
  if (newest && older && newest.added <= older.added) throw new LineFault('has its secrets not newest first')
  return entry
}

const maxSecretBytes = 1024

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new LineFault('is not JSON') // the parser's own message would quote the line
  }
}

function members<K extends string>(value: unknown, names: readonly K[]): Record<K, unknown> {
  const isComplete =
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === names.length &&
    names.every(name => Object.hasOwn(value, name))
  if (!isComplete) throw new LineFault(`has other members than ${names.join(' and ')}`)
  return value as Record<K, unknown>
}

function readName(value: unknown): DeviceName {
  try {
    return parseDeviceName(String(value))
  } catch {
    throw new LineFault('has no device name of 1 to 63 of a-z, 0-9 and "-"')
  }
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
