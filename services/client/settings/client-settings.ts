import type { DeviceName, Secret } from '@ipupdater/protocol'
import { MAX_INTERVAL_SECONDS, parseDeviceName, parseSecret } from '@ipupdater/protocol'
import type { Environment, Setting, SettingsShape } from '@ipupdater/runtime'
import { duration, list, oneOf, parsed, path, secret, timeZoneSetting, url } from '@ipupdater/runtime'

/** What every command may be told; what it must be told is its own to say. */
export interface ClientSettings {
  /** A path is one on `host`. */
  servers: readonly (URL | string)[] | null
  host: URL | null
  viewer: URL | null
  device: DeviceName
  secret: Secret | null
  family: 'auto' | '4' | '6'
  statusFile: string | null
  timeZone: string | null
}

const serverUrl = url({ name: 'SERVER_URL', description: '' })

export const clientSettings: SettingsShape<ClientSettings> = {
  servers: list({
    name: 'SERVER_URL',
    description: 'The receiver, such as http://ddns.example.org:8080; several: separated by commas.',
    of: {
      expected: 'an http:// or https:// URL without user name, query or fragment, or a path on SERVER_HOST',
      example: 'http://ddns.example.org:8080',
      read: (text: string) => (text.startsWith('/') ? text : serverUrl.read(text)),
      show: (value: URL | string) => (typeof value === 'string' ? value : value.href),
    },
    default: null,
  }),
  host: parsed({
    name: 'SERVER_HOST',
    description: 'The short form of SERVER_URL: HOST stands for http://HOST:8080.',
    expected: 'a host',
    example: 'ddns.example.org, 203.0.113.7:9000 or [2001:db8::1]:9000',
    read: parseHost,
    show: value => value.host,
    default: null,
  }),
  viewer: url({
    name: 'VIEWER_URL',
    description: 'The viewer, such as https://ip.example.org, for `ipupdater get` and `history`.',
    default: null,
  }),
  device: parsed({
    name: 'DEVICE',
    description: 'The name of this device, as the server knows it.',
    expected: 'a device name of 1 to 63 of a-z, 0-9 and "-", not beginning with "-"',
    read: parseDeviceName,
    default: parseDeviceName('home'),
  }),
  secret: secret({
    name: 'SECRET',
    description: 'What this device and the server share; SECRET_FILE names a file that holds it.',
    expected: 'the secret that `ipupdater-admin device add` printed on the server',
    refusal: 'is too short: use at least 16 characters.',
    read: parseSecret,
    default: null,
  }),
  family: oneOf({
    name: 'FAMILY',
    description:
      'By which IP version to report: 4, 6, or auto for whichever there is, both if there are both.',
    values: ['auto', '4', '6'],
    default: 'auto',
  }),
  statusFile: path({
    name: 'STATUS_FILE',
    description: 'Where `ipupdater run` notes for `ipupdater health` how it goes; empty: a file in TMPDIR.',
    default: null,
  }),
  timeZone: timeZoneSetting,
}

/** What `update` and `ip` want to know. */
export interface ReportSettings extends ClientSettings {
  secret: Secret
  intervalSeconds: number | null
  retrySeconds: number
}

export const reportSettings: SettingsShape<ReportSettings> = {
  ...clientSettings,
  secret: required(clientSettings.secret),
  intervalSeconds: duration({
    name: 'INTERVAL',
    description:
      'When the next `ipupdater update` is due, so that the server can tell who is late; `run` knows it.',
    unit: 's',
    min: 1,
    max: MAX_INTERVAL_SECONDS,
    default: null,
  }),
  retrySeconds: duration({
    name: 'RETRY_FOR',
    description: 'How long `ipupdater update` goes on trying; `run` tries until the next report is due.',
    unit: 's',
    min: 0,
    max: 31 * 24 * 60 * 60,
    default: 20,
  }),
}

/** A server must be named one way or the other. */
export function withServer<S extends ClientSettings>(
  shape: SettingsShape<S>,
  env: Environment,
): SettingsShape<S> {
  return env.SERVER_HOST ? shape : { ...shape, servers: required(shape.servers) }
}

/** The setting without its default: for commands that cannot do without it. */
export function required<T>(setting: Setting<T | null>): Setting<T> {
  const { default: _optional, ...rest } = setting
  return rest as Setting<T>
}

const DEFAULT_PORT = 8080

/** HOST or HOST:PORT, where an IPv6 address may lack its brackets if no port follows. */
function parseHost(text: string): URL {
  if (!/^[^\s/?#@]+$/.test(text)) throw new RangeError('not a host')
  const isBareIpv6 = text.split(':').length > 2 && !text.startsWith('[')
  const authority = isBareIpv6 ? `[${text}]` : text
  const url = new URL(`http://${authority}`)
  // 80 is what URL takes for no port at all.
  if (url.port === '' && !authority.endsWith(':80')) url.port = String(DEFAULT_PORT)
  return url
}
