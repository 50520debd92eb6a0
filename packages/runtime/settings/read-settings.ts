import { nearestName } from './nearest-name.ts'
import { quotesFault } from './path.ts'
import { readSecretFile } from './secret.ts'
import type { Setting } from './setting.ts'
import { ReadError } from './setting.ts'
import { SettingsError } from './settings-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>
export type SettingsShape<S> = { readonly [K in keyof S]: Setting<S[K]> }

/** The flags that gave variables their values, such as `{ INTERVAL: '--interval' }`: faults then name the flag. */
export type FlagNames = Readonly<Record<string, string | undefined>>

/**
 * Reads every setting of `shape` out of `env`. An empty text counts as unset, because Compose passes `${X:-}`.
 * `across` looks at settings that are valid one by one and yields a sentence for each contradiction between them.
 *
 * @throws SettingsError with one line per fault
 */
export function readSettings<S>(
  env: Environment,
  shape: SettingsShape<S>,
  across: (settings: S) => Iterable<string> = () => [],
  flags: FlagNames = {},
): S {
  const faults: string[] = misspelled(env, shape)
  const settings: Partial<S> = {}
  for (const key of keysOf(shape)) {
    try {
      settings[key] = readSetting(env, shape[key], flags)
    } catch (error) {
      if (!(error instanceof SettingFault)) throw error
      faults.push(error.message)
    }
  }
  if (faults.length === 0) faults.push(...across(settings as S))
  if (faults.length > 0) throw new SettingsError(faults)
  return settings as S
}

/** The effective settings by variable, without those that have no value, secrets redacted: for the line at start. */
export function describeSettings<S>(shape: SettingsShape<S>, settings: S): Record<string, string> {
  const shown = keysOf(shape).map(key => [shape[key].name, shape[key].show(settings[key])] as const)
  return Object.fromEntries(shown.filter(([, text]) => text !== ''))
}

/** The defaults as one would write them, by variable; '' if there is none. `.env.example` is compared with it. */
export function documentSettings<S>(
  shape: SettingsShape<S>,
): { name: string; description: string; default: string; secret: boolean }[] {
  return keysOf(shape).map(key => {
    const { name, description, default: fallback, secret, show } = shape[key]
    return { name, description, secret, default: fallback === undefined ? '' : show(fallback) }
  })
}

class SettingFault extends Error {}

function readSetting<T>(env: Environment, setting: Setting<T>, flags: FlagNames): T {
  const flag = flags[setting.name]
  const text = setting.secret ? secretText(env, setting.name) : env[setting.name]
  if (!text) {
    if (setting.default !== undefined) return setting.default
    throw new SettingFault(
      `${setting.name} is missing. ${exampleOf(setting) || `Expected: ${setting.expected}.`}`,
    )
  }
  try {
    if (!setting.secret) assertPlain(text)
    return setting.read(text)
  } catch (error) {
    throw new SettingFault(complaint(setting, text, flag, error), { cause: error })
  }
}

function complaint(
  setting: Setting<unknown>,
  text: string,
  flag: string | undefined,
  error: unknown,
): string {
  const reason =
    error instanceof ReadError ? error.message : `is not ${setting.expected}. ${exampleOf(setting)}`.trimEnd()
  if (setting.secret) return `${flag ?? setting.name} ${reason}`
  const element = error instanceof ReadError ? error.element : undefined
  if (element !== undefined) return `${quote(element)} in ${flag ?? setting.name} ${reason}`
  return flag === undefined ? `${setting.name}=${quote(text)} ${reason}` : `${flag} ${quote(text)} ${reason}`
}

/** What no setting may hold, and what arrives by accident: quotes of an --env-file, line ends of Windows. */
function assertPlain(text: string): void {
  if (/^["']|["']$/.test(text)) throw new ReadError(quotesFault)
  if (text.endsWith('\r'))
    throw new ReadError('ends with a carriage return (CR), the line end of Windows. Remove it.')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\x00-\x1f\x7f]/.test(text)) throw new ReadError('contains a control character. Remove it.')
}

function secretText(env: Environment, name: string): string | undefined {
  const own = env[name] || undefined
  const file = env[`${name}_FILE`]
  if (!file) return own
  const { text, fault } = readSecretFile(file)
  if (fault !== undefined) throw new SettingFault(`${name}_FILE${shownPath(file)} ${fault}`)
  if (own !== undefined && own !== text) {
    throw new SettingFault(`${name} and ${name}_FILE are both set and differ. Keep one of them.`)
  }
  return text
}

/** Variables that are no settings but look like one: without this, a typing error would have no effect in silence. */
function misspelled<S>(env: Environment, shape: SettingsShape<S>): string[] {
  const names = keysOf(shape).flatMap(key =>
    shape[key].secret ? [shape[key].name, `${shape[key].name}_FILE`] : [shape[key].name],
  )
  return Object.keys(env).flatMap(given => {
    const meant = env[given] && !names.includes(given) ? nearestName(given, names) : undefined
    return meant === undefined ? [] : [`${given} is not a setting. Did you mean ${meant}?`]
  })
}

function exampleOf({ example }: Setting<unknown>): string {
  return example === undefined ? '' : `Example: ${example}`
}

/** People write the secret itself where its path is expected; only what begins like a path is shown. */
function shownPath(file: string): string {
  return /^["']?([./~$]|[a-z]+:\/)/.test(file)
    ? `=${quote(file)}`
    : ' (not shown; a path begins with "/" or "./")'
}

/** A refused value without what may be a password in it: the part before "@", or a query. */
function quote(text: string): string {
  const safe = text.replace(/^([a-z]+:\/\/)?.+@/is, '$1…@').replace(/(:\/\/[^?]*\?).+/s, '$1…')
  return JSON.stringify(safe.length > 100 ? `${safe.slice(0, 100)}…` : safe)
}

function keysOf<S>(shape: SettingsShape<S>): (keyof S)[] {
  return Object.keys(shape) as (keyof S)[]
}
