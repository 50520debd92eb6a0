import type { LogFormat, LogLevel } from './log.ts'
import { logFormats, logLevels } from './log.ts'
import { oneOf, text } from './setting-kinds.ts'
import type { SettingsShape } from './settings.ts'

/** What every server of ours may be told, besides what is its own. */
export interface ServerSettings {
  host: string | null
  logLevel: LogLevel
  logFormat: LogFormat
}

export const serverSettings: SettingsShape<ServerSettings> = {
  host: text({
    name: 'HOST',
    description: 'The address to listen on; empty: all, IPv4 and IPv6.',
    default: null,
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
