import type { LogFormat, LogLevel } from '../log.ts'
import { logFormats, logLevels } from '../log.ts'
import { oneOf, text } from './kinds.ts'
import type { SettingsShape } from './read-settings.ts'

/** The settings that every server has. */
export interface ServerSettings {
  host: string | null
  logLevel: LogLevel
  logFormat: LogFormat
}

export const serverSettings: SettingsShape<ServerSettings> = {
  host: text({
    name: 'HOST',
    description: 'The address to listen on; empty: all addresses, IPv4 and IPv6.',
    default: null,
  }),
  logLevel: oneOf({
    name: 'LOG_LEVEL',
    description: 'The lowest level that is logged; debug has a line for every request.',
    values: logLevels,
    default: 'info',
  }),
  logFormat: oneOf({
    name: 'LOG_FORMAT',
    description: 'The format of a log line.',
    values: logFormats,
    default: 'text',
  }),
}
