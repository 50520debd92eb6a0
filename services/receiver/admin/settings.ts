import type { SettingsShape } from '@ipupdater/runtime'
import { url } from '@ipupdater/runtime'
import type { ReceiverSettings } from '../settings.ts'
import { receiverSettings } from '../settings.ts'

/** The settings of the receiver that the command uses, and PUBLIC_URL, which only the command reads. */
export type AdminSettings = Pick<
  ReceiverSettings,
  | 'dataDir'
  | 'databaseUrl'
  | 'clockToleranceSeconds'
  | 'keysDir'
  | 'device'
  | 'secret'
  | 'host'
  | 'port'
  | 'publishedPort'
  | 'metricsPort'
  | 'metricsHost'
  | 'trustedProxies'
  | 'dyndns2'
  | 'timeZone'
> & { publicUrl: URL | null }

const {
  dataDir,
  databaseUrl,
  clockToleranceSeconds,
  keysDir,
  device,
  secret,
  host,
  port,
  publishedPort,
  metricsPort,
  metricsHost,
  trustedProxies,
  dyndns2,
  timeZone,
} = receiverSettings

export const adminSettings: SettingsShape<AdminSettings> = {
  dataDir,
  databaseUrl,
  clockToleranceSeconds,
  keysDir,
  device,
  secret,
  host,
  port,
  publishedPort,
  metricsPort,
  metricsHost,
  trustedProxies,
  dyndns2,
  timeZone,
  publicUrl: url({
    name: 'PUBLIC_URL',
    description: 'The URL at which devices reach the receiver; used in the line that "device add" prints.',
    default: null,
  }),
}
