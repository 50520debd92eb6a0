import { MAX_INTERVAL_SECONDS } from '@ipupdater/protocol'
import type { SettingsShape } from '@ipupdater/runtime'
import { duration, readSettings } from '@ipupdater/runtime'
import type { Context } from '../context.ts'
import { targetFaults } from '../report/targets.ts'
import type { ClientSettings } from './client-settings.ts'
import { clientSettings, required } from './client-settings.ts'
import type { Secrets } from './secrets.ts'
import { withSecretFiles } from './secrets.ts'

/** The settings of `update` and `ip`. */
export interface ReportSettings extends ClientSettings {
  secrets: Secrets
  intervalSeconds: number | null
  retrySeconds: number
}

export const reportSettings: SettingsShape<ReportSettings> = {
  ...clientSettings,
  secrets: {
    ...required(clientSettings.secrets),
    expected: 'a secret of at least 16 characters, best in a file that --secret-file or SECRET_FILE names',
  },
  intervalSeconds: duration({
    name: 'INTERVAL',
    description:
      'How long until the next `ipupdater update`, such as 5m: the server calls a later device late. `run` sets it.',
    unit: 's',
    min: 1,
    max: MAX_INTERVAL_SECONDS,
    default: null,
  }),
  retrySeconds: duration({
    name: 'RETRY_FOR',
    description: 'How long `ipupdater update` keeps trying; `run` tries until the next report is due.',
    unit: 's',
    min: 0,
    max: 31 * 24 * 60 * 60,
    default: 20,
  }),
}

/** Settings with at least one server, and a secret for each. Throws a SettingsError. */
export function readReportSettings<S extends ClientSettings & { secrets: Secrets }>(
  { env, flags }: Pick<Context, 'env' | 'flags'>,
  shape: SettingsShape<S>,
): S {
  const named = env.SERVER_HOST
    ? shape
    : {
        ...shape,
        servers: { ...required(shape.servers), example: '--server http://ddns.example.org:8080' },
      }
  return readSettings(withSecretFiles(env), named, settings => targetFaults(settings, flags), flags)
}
