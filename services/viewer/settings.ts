import type { Environment, LogFormat, LogLevel, SettingsShape } from '@ipupdater/runtime'
import { integer, logFormats, logLevels, oneOf, path, text, timeZone } from '@ipupdater/runtime'

export interface ViewerSettings {
  host: string | null
  port: number
  dataDir: string
  timeZone: string
  logLevel: LogLevel
  logFormat: LogFormat
}

export const viewerSettings: SettingsShape<ViewerSettings> = {
  host: text({
    name: 'HOST',
    description: 'The address to listen on; empty: all, IPv4 and IPv6.',
    default: null,
  }),
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
  logLevel: oneOf({
    name: 'LOG_LEVEL',
    description: 'The least that is logged: debug has a line for every request.',
    values: logLevels,
    default: 'info',
  }),
  logFormat: oneOf({
    name: 'LOG_FORMAT',
    description: 'The form of a log line.',
    values: logFormats,
    default: 'text',
  }),
}

/** Secrets that this program was handed. It wants none: what it does not know, nobody can get out of it. */
export function straySecrets(env: Environment): string[] {
  return ['SECRET', 'SECRET_FILE', 'KEYS_DIR'].filter(name => env[name])
}
