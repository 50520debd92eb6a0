import type { LogFormat, LogLevel, SettingsShape } from '@ipupdater/runtime'
import { logLevels, oneOf, parsed, serverSettings } from '@ipupdater/runtime'
import { parseSchedule } from '../schedule/schedule.ts'
import type { ClientSettings } from './client-settings.ts'
import { clientSettings, required } from './client-settings.ts'
import type { Secrets } from './secrets.ts'

export interface RunSettings extends ClientSettings {
  secrets: Secrets
  schedule: string
  logLevel: LogLevel
  logFormat: LogFormat
}

/** The settings of `ipupdater run`: everything that a client container accepts, except what single commands need. */
export const runSettings: SettingsShape<RunSettings> = {
  ...clientSettings,
  secrets: required(clientSettings.secrets),
  schedule: parsed({
    name: 'SCHEDULE',
    description:
      'When to report: a cron expression of five fields, or six with the seconds first, @hourly, or @every 5m.',
    expected: 'a cron expression',
    example: '"*/5 * * * *" or "@every 5m"',
    read: pattern => parseSchedule(pattern).pattern,
    default: '*/5 * * * *',
  }),
  logLevel: oneOf({
    name: 'LOG_LEVEL',
    description: 'The lowest level that is logged: info has changes and errors, debug has every report.',
    values: logLevels,
    default: 'info',
  }),
  logFormat: serverSettings.logFormat,
}
