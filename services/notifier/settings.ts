import type { Environment, ServerSettings, SettingsShape } from '@ipupdater/runtime'
import {
  databaseUrlSetting,
  describeSettings,
  duration,
  integer,
  list,
  path,
  readSettings,
  serverSettings,
  text,
  timeZoneSetting,
  url,
} from '@ipupdater/runtime'
import type { EventType } from './event.ts'
import { eventTypes } from './event.ts'
import type { ChannelSettings } from './settings/channel-settings.ts'
import { channelContradictions, channelSettings } from './settings/channel-settings.ts'
import { readEventType } from './settings/kinds.ts'
import type { PublishTarget } from './settings/publish-settings.ts'
import { publishSettings, publishTargets } from './settings/publish-settings.ts'

export interface NotifierSettings extends ServerSettings, ChannelSettings {
  port: number
  dataDir: string
  databaseUrl: string | null
  notifierDir: string
  alertOn: readonly EventType[]
  afterSeconds: number
  silentSeconds: number
  remindSeconds: number | null
  link: URL | null
  metricsPort: number | null
  metricsHost: string
  timeZone: string | null
}

const MAX_PORT = 65_535
const DAY = 86_400

export const notifierSettings: SettingsShape<NotifierSettings> = {
  alertOn: list({
    name: 'ALERT_ON',
    description: 'Which events are announced.',
    default: eventTypes,
    of: {
      expected: `one of ${eventTypes.join(', ')}`,
      read: readEventType,
      show: String,
    },
  }),
  afterSeconds: duration({
    name: 'ALERT_AFTER',
    description: 'How long a device must have been late before that is announced; 0: at once.',
    unit: 's',
    min: 0,
    max: 30 * DAY,
    default: 0,
  }),
  silentSeconds: duration({
    name: 'ALERT_SILENT',
    description: 'After how long a device that is still late is announced once more, as silent.',
    unit: 's',
    min: 60,
    max: 365 * DAY,
    default: DAY,
  }),
  remindSeconds: duration({
    name: 'ALERT_REMIND',
    description: 'How often a silent device is announced again; empty: never. Such as 7d',
    unit: 's',
    min: 3600,
    max: 365 * DAY,
    default: null,
  }),
  link: url({
    name: 'ALERT_LINK',
    description: 'The viewer as you reach it, for the link in each message. Such as https://ip.example.org',
    default: null,
  }),
  port: integer({
    name: 'PORT',
    description: 'The port to listen on for /healthz and /readyz; 0: any free one.',
    min: 0,
    max: MAX_PORT,
    default: 8082,
  }),
  dataDir: path({
    name: 'DATA_DIR',
    description: "The directory of the receiver's database; the notifier only reads it.",
    default: './data',
  }),
  databaseUrl: databaseUrlSetting,
  notifierDir: path({
    name: 'NOTIFIER_DIR',
    description: "The directory of the notifier's own database.",
    default: './notifier',
  }),
  metricsPort: integer({
    name: 'METRICS_PORT',
    description: 'The port of GET /metrics for Prometheus; empty: none.',
    min: 0,
    max: MAX_PORT,
    default: null,
  }),
  metricsHost: text({
    name: 'METRICS_HOST',
    description: 'The address that GET /metrics listens on; "::" for all addresses, IPv4 and IPv6.',
    default: '127.0.0.1',
  }),
  timeZone: timeZoneSetting,
  ...channelSettings,
  ...serverSettings,
}

/** The settings, and the `PUBLISH_…` of as many devices as there are. @throws SettingsError */
export function readNotifierSettings(env: Environment): {
  readonly settings: NotifierSettings
  readonly publish: readonly PublishTarget[]
  /** For the line at start; without secrets. */
  readonly shown: Readonly<Record<string, string>>
} {
  const publishShape = publishSettings(env)
  const shape = { ...notifierSettings, ...publishShape }
  const settings = readSettings(env, shape, function* (all) {
    yield* channelContradictions(all)
    yield* contradictions(all)
    yield* unknownSettings(env, shape)
  })
  return {
    settings,
    publish: publishTargets(publishShape, settings),
    shown: describeSettings(shape, settings),
  }
}

function* contradictions({ port, metricsPort }: NotifierSettings): Generator<string> {
  if (metricsPort !== null && metricsPort !== 0 && metricsPort === port) {
    yield `METRICS_PORT=${metricsPort} is the same as PORT; metrics need a port of their own`
  }
}

/** A channel that is silent because of a typing error is worse than a refusal to start. */
function* unknownSettings(
  env: Environment,
  shape: SettingsShape<Record<string, unknown>>,
): Generator<string> {
  const names = Object.values(shape).flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]))
  for (const [name, value] of Object.entries(env)) {
    if (value && /^(?:ALERT|PUBLISH)_/.test(name) && !names.includes(name)) yield `${name} is not a setting`
  }
}
