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
    description: "The directory of the receiver's database. The viewer only reads it.",
    default: './data',
  }),
  timeZone: timeZone({
    name: 'TZ',
    description: 'The time zone of the times that the viewer shows and of the dates in a query.',
    default: 'UTC',
  }),
  ...serverSettings,
}

/** The variables that hold a secret. The viewer needs none: what it does not know, it cannot leak. */
export function straySecrets(env: Environment): string[] {
  return ['SECRET', 'SECRET_FILE', 'KEYS_DIR'].filter(name => env[name])
}
