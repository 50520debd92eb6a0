import { nearestName } from './nearest-name.ts'
import { readSecretFile } from './secret-file.ts'
import type { Setting } from './setting.ts'
import { PartFault } from './setting.ts'
import { StartError } from './start-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>
export type SettingsShape<S> = { readonly [K in keyof S]: Setting<S[K]> }

/** Everything that is wrong with the settings, at once. */
export class SettingsError extends StartError {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(
      'settings',
      `${faults.length === 1 ? 'a setting is' : `${faults.length} settings are`} wrong:\n  ${faults.join('\n  ')}`,
      'change them in .env, in the compose file or on the command line; .env.example explains each.',
    )
    this.name = 'SettingsError'
    this.faults = faults
  }
}

/**
 * Reads every setting of `shape` out of `env`, where an empty text counts as unset (Compose passes `${X:-}`).
 * `across` looks at settings that are sound one by one and yields what does not fit together.
 *
 * @throws SettingsError with one line per fault
 */
export function readSettings<S>(
  env: Environment,
  shape: SettingsShape<S>,
  across: (settings: S) => Iterable<string> = () => [],
): S {
  const faults: string[] = misspelled(env, shape)
  const settings: Partial<S> = {}
  for (const key of keysOf(shape)) {
    try {
      settings[key] = readSetting(env, shape[key])
    } catch (error) {
      if (!(error instanceof SettingFault)) throw error
      faults.push(error.message)
    }
  }
  if (faults.length === 0) faults.push(...across(settings as S))
  if (faults.length > 0) throw new SettingsError(faults)
  return settings as S
}

/** The effective settings by variable, secrets redacted: for the one line at start. */
export function describeSettings<S>(shape: SettingsShape<S>, settings: S): Record<string, string> {
  return Object.fromEntries(keysOf(shape).map(key => [shape[key].name, shape[key].show(settings[key])]))
}

/** The defaults as one would write them, by variable; '' where there is none. `.env.example` is held against it. */
export function documentSettings<S>(
  shape: SettingsShape<S>,
): { name: string; description: string; default: string; secret: boolean }[] {
  return keysOf(shape).map(key => {
    const { name, description, default: fallback, secret, show } = shape[key]
    return { name, description, secret, default: fallback === undefined ? '' : show(fallback) }
  })
}

class SettingFault extends Error {}

function readSetting<T>(env: Environment, setting: Setting<T>): T {
  const text = setting.secret ? secretText(env, setting.name) : env[setting.name]
  if (!text) {
    if (setting.default !== undefined) return setting.default
    throw new SettingFault(`${setting.name} is not set; wanted: ${setting.wanted}`)
  }
  try {
    return setting.read(text)
  } catch (error) {
    throw new SettingFault(complaint(setting, text, error), { cause: error })
  }
}

function complaint(setting: Setting<unknown>, text: string, error: unknown): string {
  if (setting.secret) return `${setting.name} (not shown) is not ${setting.wanted}`
  if (error instanceof PartFault) return `${quote(error.part)} in ${setting.name} is not ${setting.wanted}`
  return `${setting.name}=${quote(text)} is not ${setting.wanted}`
}

function secretText(env: Environment, name: string): string | undefined {
  const own = env[name] || undefined
  const file = env[`${name}_FILE`]
  if (!file) return own
  const { text, fault } = readSecretFile(file)
  if (fault !== undefined) throw new SettingFault(`${name}_FILE${shownPath(file)} ${fault}`)
  if (own !== undefined && own !== text) {
    throw new SettingFault(`${name} and ${name}_FILE are both set and differ; keep one of them`)
  }
  return text
}

/** Variables that nobody reads but that look like one of ours: a typing error would else pass in silence. */
function misspelled<S>(env: Environment, shape: SettingsShape<S>): string[] {
  const names = keysOf(shape).flatMap(key =>
    shape[key].secret ? [shape[key].name, `${shape[key].name}_FILE`] : [shape[key].name],
  )
  return Object.keys(env).flatMap(given => {
    const meant = env[given] && !names.includes(given) ? nearestName(given, names) : undefined
    return meant === undefined ? [] : [`${given} is not a setting; did you mean ${meant}?`]
  })
}

/** People put the secret itself where its path is wanted; what begins like a path is one. */
function shownPath(file: string): string {
  return /^[./~]/.test(file) ? `=${quote(file)}` : ' (not shown; a path begins with "/" or "./")'
}

/** A value that was refused, without what may be a password in it: what stands before "@", or in a query. */
function quote(text: string): string {
  const safe = text.replace(/^([a-z]+:\/\/)?.+@/is, '$1…@').replace(/(:\/\/[^?]*\?).+/s, '$1…')
  return JSON.stringify(safe.length > 100 ? `${safe.slice(0, 100)}…` : safe)
}

function keysOf<S>(shape: SettingsShape<S>): (keyof S)[] {
  return Object.keys(shape) as (keyof S)[]
}
