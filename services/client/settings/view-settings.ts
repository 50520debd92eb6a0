import type { Secret } from '@ipupdater/protocol'
import type { SettingsShape } from '@ipupdater/runtime'
import { duration, list, path, readSettings } from '@ipupdater/runtime'
import type { Context } from '../context.ts'
import type { ClientSettings } from './client-settings.ts'
import { clientSettings } from './client-settings.ts'
import { allSecrets, readSecret, withSecretFiles } from './secrets.ts'
import { viewerUrlOf } from './viewer-url.ts'

export interface ViewShape extends ClientSettings {
  earlierSecretFiles: readonly string[]
  maxAgeSeconds: number | null
}

/** The settings of the commands that read a viewer. */
export const viewSettings: SettingsShape<ViewShape> = {
  ...clientSettings,
  earlierSecretFiles: list({
    name: 'EARLIER_SECRET_FILE',
    description:
      'Files that hold secrets of the device from before a rotation, separated by commas; for `ipupdater history` and `audit`.',
    of: path({ name: '', description: '' }),
    default: [],
  }),
  maxAgeSeconds: duration({
    name: 'MAX_AGE',
    description:
      'How old the last report of an address may be for `ipupdater get` to print it; empty: three intervals of the device, or 24 hours if it has no interval.',
    unit: 's',
    min: 1,
    max: 3650 * 24 * 60 * 60,
    default: null,
  }),
}

export interface ViewSettings extends Pick<ViewShape, 'device' | 'family' | 'maxAgeSeconds'> {
  viewer: URL
  /** A proof is valid if it is signed with one of them. */
  secrets: readonly Secret[]
  /** Secrets that the device used before a rotation. */
  earlierSecrets: readonly Secret[]
}

/** Settings with a viewer and a secret, unless the command needs none. Throws a SettingsError. */
export function readViewSettings(
  { env, flags }: Pick<Context, 'env' | 'flags'>,
  { needsSecret = true, needsViewer = true }: { needsSecret?: boolean; needsViewer?: boolean } = {},
): ViewSettings {
  const earlierSecrets: Secret[] = []
  function* across(read: ViewShape) {
    const viewer = viewerUrlOf(read, flags)
    if (needsViewer && typeof viewer === 'string') yield viewer
    const name = flags.EARLIER_SECRET_FILE ? `${flags.EARLIER_SECRET_FILE} ` : 'EARLIER_SECRET_FILE='
    for (const file of read.earlierSecretFiles) {
      const { secret, fault } = readSecret(file)
      if (secret === undefined) yield `${name}"${file}" ${fault}`
      else earlierSecrets.push(secret)
    }
    if (needsSecret && read.secrets === null) {
      yield 'SECRET is missing. Example: --secret-file /etc/ipupdater/secret'
    }
  }
  const settings = readSettings(withSecretFiles(env), viewSettings, across, flags)
  const { device, family, maxAgeSeconds, secrets } = settings
  return {
    device,
    family,
    maxAgeSeconds,
    viewer: viewerUrlOf(settings, flags) as URL,
    secrets: allSecrets(secrets),
    earlierSecrets,
  }
}
