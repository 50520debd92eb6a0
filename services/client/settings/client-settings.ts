import type { DeviceName } from '@ipupdater/protocol'
import { parseDeviceName } from '@ipupdater/protocol'
import type { Setting, SettingsShape } from '@ipupdater/runtime'
import { list, oneOf, parsed, path, secret, timeZoneSetting, url } from '@ipupdater/runtime'
import type { Secrets } from './secrets.ts'
import { parseSecrets } from './secrets.ts'
import { parseViewerUrl } from './viewer-url.ts'

/** What every command accepts. Each command requires what it needs. */
export interface ClientSettings {
  /** A path is one on `host`. */
  servers: readonly (URL | string)[] | null
  host: URL | null
  /** May contain a user name and a password. */
  viewer: URL | null
  viewerFile: string | null
  device: DeviceName
  secrets: Secrets | null
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
      expected: 'an http:// or https:// URL without user name, query or fragment',
      example: 'http://ddns.example.org:8080',
      read: (text: string) => (text.startsWith('/') ? text : serverUrl.read(text)),
      show: (value: URL | string) => (typeof value === 'string' ? value : value.href),
    },
    default: null,
  }),
  host: parsed({
    name: 'SERVER_HOST',
    description: 'The short form of SERVER_URL: HOST stands for http://HOST:8080.',
    expected: 'a host or host:port',
    example: 'ddns.example.org, 203.0.113.7:9000 or [2001:db8::1]:9000',
    read: parseHost,
    show: value => value.host,
    default: null,
  }),
  viewer: parsed({
    name: 'VIEWER_URL',
    description:
      'The viewer, such as https://ip.example.org, for the reading commands. With a login: https://USER:PASSWORD@ip.example.org.',
    expected: 'an http:// or https:// URL without query or fragment',
    example: 'https://ip.example.org',
    read: parseViewerUrl,
    // The password never appears in a log.
    show: value => `${value.origin}${value.pathname}`,
    default: null,
  }),
  viewerFile: path({
    name: 'VIEWER_URL_FILE',
    description: 'A file that holds VIEWER_URL, so that its password is not in the environment.',
    default: null,
  }),
  device: parsed({
    name: 'DEVICE',
    description: 'The name of this device, as registered at the server.',
    expected: 'a device name: 1 to 63 of a-z, 0-9 and "-", not beginning with "-"',
    example: 'home',
    read: parseDeviceName,
    default: parseDeviceName('home'),
  }),
  secrets: secret({
    name: 'SECRET',
    description:
      'What this device and the server share. For several servers: one for all, or one for each, separated by commas.',
    expected: 'a secret of at least 16 characters',
    refusal: 'is too short: use at least 16 characters.',
    read: parseSecrets,
    default: null,
  }),
  family: oneOf({
    name: 'FAMILY',
    description: 'The IP version to use: 4, 6, or auto for every one that works.',
    values: ['auto', '4', '6'],
    default: 'auto',
  }),
  statusFile: path({
    name: 'STATUS_FILE',
    description:
      'The file in which `ipupdater run` leaves its state for `ipupdater health`; empty: a file in TMPDIR.',
    default: null,
  }),
  timeZone: timeZoneSetting,
}

/** The setting without its default: for commands that need it. */
export function required<T>(setting: Setting<T | null>): Setting<T> {
  const { default: _optional, ...rest } = setting
  return rest as Setting<T>
}

const DEFAULT_PORT = 8080

/** HOST or HOST:PORT. An IPv6 address without a port needs no brackets. */
function parseHost(text: string): URL {
  if (!/^[^\s/?#@]+$/.test(text)) throw new RangeError('not a host')
  const isBareIpv6 = text.split(':').length > 2 && !text.startsWith('[')
  const authority = isBareIpv6 ? `[${text}]` : text
  const url = new URL(`http://${authority}`)
  // URL drops the port 80.
  if (url.port === '' && !authority.endsWith(':80')) url.port = String(DEFAULT_PORT)
  return url
}
