import type { Secret } from '@ipupdater/protocol'
import { parseSecret } from '@ipupdater/protocol'
import type { Environment } from '@ipupdater/runtime'
import { readSecretFile } from '@ipupdater/runtime'

/**
 * The environment with the forms of SECRET_FILE that only the client knows: `{device}` stands for the name of the
 * device, and several files, separated by commas, hold one secret each.
 */
export function withSecretFiles(env: Environment): Environment {
  const { SECRET_FILE, DEVICE, ...others } = env
  if (!SECRET_FILE) return env
  const files = SECRET_FILE.replaceAll('{device}', DEVICE || 'home')
    .split(',')
    .map(file => file.trim())
  if (files.length === 1 || others.SECRET) return { ...env, SECRET_FILE: files.join(',') }
  const secrets: string[] = []
  for (const file of files) {
    const { text, fault } = readSecretFile(file)
    // `readSettings` reports what is wrong with this file, next to every other fault.
    if (fault !== undefined) return { ...env, SECRET_FILE: file }
    secrets.push(text)
  }
  return { ...others, ...(DEVICE === undefined ? {} : { DEVICE }), SECRET: secrets.join(SEPARATOR) }
}

/** One secret, or the secrets of several servers in their order, separated by commas. */
export interface Secrets {
  /** The text as one secret; null if it is none. */
  readonly one: Secret | null
  /** The parts of a list; empty if the text is no list. */
  readonly list: readonly Secret[]
}

/** Throws if the text is neither a secret nor a list of secrets. */
export function parseSecrets(text: string): Secrets {
  if (text.includes(SEPARATOR)) {
    return { one: null, list: text.split(SEPARATOR).map(part => parseSecret(part.trim())) }
  }
  const parts = text.split(',')
  const list = parts.map(secretOrNull).filter(each => each !== null)
  // A comma may also be part of the only secret.
  const isList = parts.length > 1 && list.length === parts.length
  return { one: parseSecret(text), list: isList ? list : [] }
}

/** The secret for each of `count` servers; null if it is a list of another length. */
export function secretsOf({ one, list }: Secrets, count: number): readonly Secret[] | null {
  if (count === 1 && one !== null) return [one]
  if (list.length === count) return list
  return one === null || list.length > 0 ? null : Array.from({ length: count }, () => one)
}

/** Every secret that the text may mean, for reading a viewer. */
export function allSecrets(secrets: Secrets | null): readonly Secret[] {
  if (secrets === null) return []
  return secrets.one === null ? secrets.list : [secrets.one, ...secrets.list]
}

/** The secret in a file, or what is wrong with it, to follow the file's name. */
export function readSecret(
  file: string,
): { secret: Secret; fault?: undefined } | { secret?: undefined; fault: string } {
  const { text, fault } = readSecretFile(file)
  if (fault !== undefined) return { fault }
  const secret = secretOrNull(text)
  return secret === null ? { fault: 'is too short: use at least 16 characters.' } : { secret }
}

// The line separator: no file with one secret in it contains one.
const SEPARATOR = '\u2028'

function secretOrNull(text: string): Secret | null {
  try {
    return parseSecret(text.trim())
  } catch {
    return null
  }
}
