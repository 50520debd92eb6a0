import { isAbsolute, relative } from 'node:path'
import type { DeviceName, Secret } from '@ipupdater/protocol'
import { parseDeviceName, parseSecret } from '@ipupdater/protocol'
import type { Network, ServerSettings, SettingsShape } from '@ipupdater/runtime'
import {
  cidrList,
  databaseUrlSetting,
  duration,
  flag,
  formatNetwork,
  integer,
  parsed,
  path,
  secret,
  serverSettings,
  text,
  timeZoneSetting,
} from '@ipupdater/runtime'
import type { PublishedPort } from './published-port.ts'
import { parsePublishedPort, showPublishedPort } from './published-port.ts'

export interface ReceiverSettings extends ServerSettings {
  port: number
  publishedPort: PublishedPort | null
  dataDir: string
  databaseUrl: string | null
  clockToleranceSeconds: number | null
  keysDir: string
  device: DeviceName
  secret: Secret | null
  windowSeconds: number
  trustedProxies: readonly Network[]
  allowPrivateAddresses: boolean
  limitPerPrefix: number
  limitFailuresPerDevice: number
  limitUnsigned: number
  limitPerDevice: number
  retentionDays: number | null
  metricsPort: number | null
  metricsHost: string
  dyndns2: boolean
  dyndns2Plaintext: boolean
  timeZone: string | null
}

const MAX_PORT = 65_535
const MAX_PER_WINDOW = 1_000_000
/** Every limit counts in windows of this length. Here, so that `ipupdater-admin` loads no limiter to read settings. */
export const LIMIT_WINDOW_SECONDS = 10

export const receiverSettings: SettingsShape<ReceiverSettings> = {
  port: integer({
    name: 'PORT',
    description: 'The port to listen on; 0: any free one.',
    min: 0,
    max: MAX_PORT,
    default: 8080,
  }),
  publishedPort: parsed<PublishedPort, null>({
    name: 'RECEIVER_PORT',
    description: 'The port that the receiver is published on.',
    expected: 'a port, or an address and a port',
    example: '127.0.0.1:8080',
    read: parsePublishedPort,
    show: showPublishedPort,
    default: null,
  }),
  dataDir: path({
    name: 'DATA_DIR',
    description: 'The directory of the database, which the viewer reads.',
    default: './data',
  }),
  databaseUrl: databaseUrlSetting,
  clockToleranceSeconds: duration({
    name: 'CLOCK_TOLERANCE',
    description:
      'How far the clocks of receivers that share a PostgreSQL database may differ; empty: 2s with DATABASE_URL.',
    unit: 's',
    min: 0,
    max: 60,
    default: null,
  }),
  keysDir: path({
    name: 'KEYS_DIR',
    description: 'The directory of the device registry with its secrets; only the receiver may have it.',
    default: './keys',
  }),
  device: parsed({
    name: 'DEVICE',
    description: 'The device that SECRET belongs to.',
    expected: 'a device name of 1 to 63 of a-z, 0-9 and "-", not beginning with "-"',
    read: parseDeviceName,
    default: parseDeviceName('home'),
  }),
  secret: secret({
    name: 'SECRET',
    description: 'The secret of the one device named DEVICE; more devices: ipupdater-admin device add NAME.',
    expected: 'the secret of the device named by DEVICE',
    refusal: 'is too short: use at least 16 characters.',
    read: parseSecret,
    default: null,
  }),
  windowSeconds: duration({
    name: 'WINDOW',
    description: 'How old the timestamp of an update may be.',
    unit: 's',
    min: 5,
    max: 3600,
    default: 120,
  }),
  trustedProxies: cidrList({
    name: 'TRUSTED_PROXIES',
    description:
      "Addresses and networks of reverse proxies whose X-Forwarded-For or Forwarded is believed. Trust Docker's gateway only if the port is published on 127.0.0.1 alone, because a client whose address Docker hides looks like it.",
    default: [],
  }),
  allowPrivateAddresses: flag({
    name: 'ALLOW_PRIVATE_ADDRESSES',
    description: 'Whether addresses that the internet cannot reach are recorded: true in a private network.',
    default: false,
  }),
  limitPerPrefix: perWindow({
    name: 'RATE_LIMIT_PREFIX',
    description: 'Messages without a valid signature or password, from one IPv4 address or IPv6 /64.',
    default: 20,
  }),
  limitFailuresPerDevice: perWindow({
    name: 'RATE_LIMIT_FAILURES',
    description: 'Those of them that use the name of one device.',
    default: 5,
  }),
  limitUnsigned: perWindow({
    name: 'RATE_LIMIT_UNSIGNED',
    description: 'Messages without a valid signature or password, from everywhere together.',
    default: 1000,
  }),
  limitPerDevice: perWindow({
    name: 'RATE_LIMIT_DEVICE',
    description:
      'Signed messages of one device from one IPv4 address or IPv6 /64. A report takes two messages.',
    default: 20,
  }),
  retentionDays: duration({
    name: 'RETENTION',
    description: 'How long past addresses and outages are kept; empty: without limit.',
    unit: 'd',
    min: 1,
    max: 36_500,
    default: null,
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
  dyndns2: flag({
    name: 'DYNDNS2',
    description:
      'Whether routers and ddclient can report by dyndns2, with a password and without a signature.',
    default: false,
  }),
  dyndns2Plaintext: flag({
    name: 'DYNDNS2_PLAINTEXT',
    description:
      'Whether their passwords are taken over plain HTTP too, where everyone on the path reads them.',
    default: false,
  }),
  timeZone: timeZoneSetting,
  ...serverSettings,
}

/** What does not fit together, though each setting alone is sound. */
export function* contradictions(settings: ReceiverSettings): Generator<string> {
  const { port, metricsPort, dyndns2, dyndns2Plaintext, trustedProxies, dataDir, keysDir } = settings
  if (settings.clockToleranceSeconds !== null && settings.databaseUrl === null) {
    yield 'CLOCK_TOLERANCE needs DATABASE_URL: without it there is one receiver, and one clock'
  }
  if (metricsPort !== null && metricsPort !== 0 && metricsPort === port) {
    yield `METRICS_PORT=${metricsPort} is the same as PORT; metrics need a port of their own`
  }
  if (isWithin(keysDir, dataDir)) {
    yield `KEYS_DIR=${keysDir} is inside DATA_DIR=${dataDir}, which the viewer reads: the secrets need a directory of their own`
  }
  const everyone = trustedProxies.find(({ prefix }) => prefix === 0)
  if (everyone !== undefined) {
    yield `TRUSTED_PROXIES=${formatNetwork(everyone)} trusts everyone, so anyone could name any source: list the addresses of your proxies`
  }
  if (dyndns2 && !dyndns2Plaintext && trustedProxies.length === 0) {
    yield 'DYNDNS2=true needs a proxy with TLS: name it in TRUSTED_PROXIES; or set DYNDNS2_PLAINTEXT=true, and passwords travel readable'
  }
}

/** How far ahead of this receiver's clock a timestamp may be, ms: another receiver on the database may have given it. */
export function clockToleranceMs(
  settings: Pick<ReceiverSettings, 'clockToleranceSeconds' | 'databaseUrl'>,
): number {
  const { clockToleranceSeconds, databaseUrl } = settings
  return databaseUrl === null ? 0 : (clockToleranceSeconds ?? 2) * 1000
}

function isWithin(directory: string, parent: string): boolean {
  const steps = relative(parent, directory)
  return !steps.startsWith('..') && !isAbsolute(steps)
}

function perWindow(about: { name: string; description: string; default: number }) {
  return integer({
    ...about,
    description: `${about.description} At most so many in ${LIMIT_WINDOW_SECONDS} seconds; 0: no limit.`,
    min: 0,
    max: MAX_PER_WINDOW,
  })
}
