import type { DeviceName } from '@ipupdater/protocol'
import { parseDeviceName } from '@ipupdater/protocol'
import type { Environment, Setting, SettingsShape } from '@ipupdater/runtime'
import { parsed, secret } from '@ipupdater/runtime'
import type { UrlTemplate } from '../channels/publish.ts'
import { parseUrlTemplate } from '../channels/publish.ts'

/** Where the addresses of one device are published. */
export interface PublishTarget {
  readonly device: DeviceName
  readonly url: UrlTemplate
  /** The value of `Authorization`. */
  readonly authorization: string | null
}

/** By variable, without `_FILE`. */
type PublishSettings = Record<string, UrlTemplate | string | null>

/** `PUBLISH_MY_NAS_URL` is for the device `my-nas`; names of devices have no "_". */
const VARIABLE = /^PUBLISH_([A-Z0-9_]+)_(?:URL|AUTH)(?:_FILE)?$/

/** A URL and an authentication for each device that the environment names. */
export function publishSettings(env: Environment): SettingsShape<PublishSettings> {
  const named = Object.keys(env).flatMap(variable => (env[variable] && VARIABLE.exec(variable)?.[1]) || [])
  return Object.fromEntries([...new Set(named)].flatMap(settingsOf))
}

export function publishTargets(
  shape: SettingsShape<PublishSettings>,
  settings: Readonly<Record<string, unknown>>,
): PublishTarget[] {
  return Object.keys(shape).flatMap(variable => {
    const [, device] = /^PUBLISH_(.+)_URL$/.exec(variable) ?? []
    if (device === undefined) return []
    const url = settings[variable] as UrlTemplate
    const authorization = settings[`PUBLISH_${device}_AUTH`] as string | null
    return [{ device: deviceOf(device), url, authorization }]
  })
}

function settingsOf(device: string): [string, Setting<UrlTemplate | string | null>][] {
  const url = parsed<UrlTemplate>({
    name: `PUBLISH_${device}_URL`,
    description: 'Called with the addresses of this device when they change.',
    expected: 'an http:// or https:// URL with {ipv4} or {ipv6}',
    example: 'https://update.dedyn.io/?myipv4={ipv4}&myipv6={ipv6}',
    secret: true,
    read: text => {
      deviceOf(device)
      return parseUrlTemplate(text)
    },
    show: ({ origin }) => `${origin}/…`,
  })
  const authorization = secret({
    name: `PUBLISH_${device}_AUTH`,
    description: 'How to log in there: USER:PASSWORD, or a Bearer token.',
    expected: 'USER:PASSWORD, or a token',
    refusal: 'is neither USER:PASSWORD nor a token.',
    read: readAuthorization,
    default: null,
  })
  return [url, authorization].map(setting => [setting.name, setting as Setting<UrlTemplate | string | null>])
}

function deviceOf(name: string): DeviceName {
  return parseDeviceName(name.toLowerCase().replaceAll('_', '-'))
}

/** A token has no ":" (RFC 6750 §2.1), a user and a password are joined by one (RFC 7617 §2). */
function readAuthorization(text: string): string {
  if (text.includes(':')) return `Basic ${Buffer.from(text).toString('base64')}`
  if (!/^[\w.~+/=-]+$/.test(text)) throw new RangeError('not a token')
  return `Bearer ${text}`
}
