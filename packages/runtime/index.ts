export { durationText } from './duration-text.ts'
export type { Log, LogFields, LogFormat, LogLevel, LogOptions } from './log.ts'
export { createLog, logFormats, logLevels, silentLog } from './log.ts'
export type { Network } from './network.ts'
export { blockListOf, formatNetwork, parseNetwork } from './network.ts'
export { runMain } from './run-main.ts'
export { readSecretFile } from './secret-file.ts'
export type { ServerSettings } from './server-settings.ts'
export { serverSettings } from './server-settings.ts'
export type { About, Setting } from './setting.ts'
export { parsed } from './setting.ts'
export {
  cidrList,
  duration,
  flag,
  integer,
  list,
  oneOf,
  path,
  secret,
  text,
  timeZone,
  url,
} from './setting-kinds.ts'
export type { Environment, SettingsShape } from './settings.ts'
export { describeSettings, documentSettings, readSettings, SettingsError } from './settings.ts'
export type { StartErrorCode } from './start-error.ts'
export { StartError } from './start-error.ts'
export type { StopSignal } from './stop-signal.ts'
export { aborted, stopDeadlineMs, stopSignal } from './stop-signal.ts'
export { ensureVolume, unreadableFile } from './volume.ts'
