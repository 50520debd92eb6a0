import type { Environment, ServerSettings, SettingsShape } from '@ipupdater/runtime'
import { integer, path, serverSettings, timeZone } from '@ipupdater/runtime'

export interface ViewerSettings extends ServerSettings {
  port: number
  dataDir: string
  timeZone: string
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
    description: "The directory of the receiver's database; the viewer only reads it.",
    default: './data',
  }),
  timeZone: timeZone({
    name: 'TZ',
    description: 'The time zone of the times that the viewer shows, and of the dates that it is asked for.',
    default: 'UTC',
  }),
  ...serverSettings,
}

/** Secrets that this program was handed. It wants none: what it does not know, nobody can get out of it. */
export function straySecrets(env: Environment): string[] {
  return ['SECRET', 'SECRET_FILE', 'KEYS_DIR'].filter(name => env[name])
}
