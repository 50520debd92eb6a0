import type { Secret } from '@ipupdater/protocol'
import type { LogFormat, LogLevel, SettingsShape } from '@ipupdater/runtime'
import { logLevels, oneOf, parsed, serverSettings } from '@ipupdater/runtime'
import { parseSchedule } from '../schedule/schedule.ts'
import type { ClientSettings } from './client-settings.ts'
import { clientSettings, required } from './client-settings.ts'

export interface RunSettings extends ClientSettings {
  secret: Secret
  schedule: string
  logLevel: LogLevel
  logFormat: LogFormat
}

/** What `ipupdater run` may be told: all that a client container may be, and the rest is for single commands. */
export const runSettings: SettingsShape<RunSettings> = {
  ...clientSettings,
  secret: required(clientSettings.secret),
  schedule: parsed({
    name: 'SCHEDULE',
    description: 'When to report, as a cron expression; with six fields the first one is the seconds.',
    expected: 'a cron expression',
    example: '"*/5 * * * *" (every 5 minutes) or "@hourly"',
    read: pattern => parseSchedule(pattern).pattern,
    default: '*/5 * * * *',
  }),
  logLevel: oneOf({
    name: 'LOG_LEVEL',
    description: 'The least that is logged: info has changes and errors, debug every report.',
    values: logLevels,
    default: 'info',
  }),
  logFormat: serverSettings.logFormat,
}
