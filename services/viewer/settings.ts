import type { Environment, ServerSettings, SettingsShape } from '@ipupdater/runtime'
import { databaseUrlSetting, integer, list, path, serverSettings, timeZoneSetting } from '@ipupdater/runtime'
import { parseAllowedHost } from './routes/allowed-hosts.ts'

export interface ViewerSettings extends ServerSettings {
  port: number
  dataDir: string
  databaseUrl: string | null
  allowedHosts: readonly string[]
  timeZone: string | null
}

export const viewerSettings: SettingsShape<ViewerSettings> = {
  port: integer({
    name: 'PORT',
    description: 'The port to listen on; 0: any free one.',
    min: 0,
    max: 65_535,
    default: 8081,
  }),
  dataDir: path({
    name: 'DATA_DIR',
    description: "The directory of the receiver's database. The viewer only reads it.",
    default: './data',
  }),
  databaseUrl: databaseUrlSetting,
  allowedHosts: list({
    name: 'ALLOWED_HOSTS',
    description: 'The host names under which the viewer may be opened; empty: any.',
    default: [],
    of: {
      expected: 'a host name without a port',
      example: 'ip.example.org,localhost,192.0.2.1',
      read: parseAllowedHost,
      show: String,
    },
  }),
  timeZone: timeZoneSetting,
  ...serverSettings,
}

/** The variables that hold a secret. The viewer needs none: what it does not know, it cannot leak. */
export function straySecrets(env: Environment): string[] {
  return ['SECRET', 'SECRET_FILE', 'KEYS_DIR'].filter(name => env[name])
}
