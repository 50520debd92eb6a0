import type { Context } from '../context.ts'

/** A flag that stands for a setting. */
export interface Flag {
  /** The setting's variable. */
  readonly variable: string
  readonly spelling: `--${string}`
  readonly short?: `-${string}`
  /** What follows the flag, as the help shows it. */
  readonly value: string
  readonly description: string
  /** The default of the setting, as text. */
  readonly default?: string
  /** May be given several times. */
  readonly isList?: true
  /** An older spelling that the help does not show. */
  readonly isOld?: true
}

const server = {
  variable: 'SERVER_URL',
  value: 'url',
  description: 'the URL of the receiver, or with --host only its path; may be given several times',
  isList: true,
} as const
const device = {
  variable: 'DEVICE',
  value: 'name',
  description: 'the name of the device',
  default: 'home',
} as const

export const FLAGS = {
  server: { ...server, spelling: '--server', short: '-u' },
  url: { ...server, spelling: '--url', isOld: true },
  host: {
    variable: 'SERVER_HOST',
    spelling: '--host',
    short: '-w',
    value: 'host[:port]',
    description: 'the receiver as a host: short for --server http://HOST:8080',
  },
  device: { ...device, spelling: '--device', short: '-n' },
  name: { ...device, spelling: '--name', isOld: true },
  secretFile: {
    variable: 'SECRET_FILE',
    spelling: '--secret-file',
    value: 'path',
    description: 'a file that holds the secret of the device',
  },
  earlierSecretFile: {
    variable: 'EARLIER_SECRET_FILE',
    spelling: '--earlier-secret-file',
    value: 'path',
    description: 'a secret from before a rotation; may be given several times',
    isList: true,
  },
  password: {
    variable: 'SECRET',
    spelling: '--password',
    short: '-p',
    value: 'secret',
    description: 'the secret itself; everybody on this machine can see it in the process list',
  },
  viewer: {
    variable: 'VIEWER_URL',
    spelling: '--viewer',
    value: 'url',
    description: 'the URL of the viewer; if it needs a login, https://USER:PASSWORD@HOST',
  },
  viewerFile: {
    variable: 'VIEWER_URL_FILE',
    spelling: '--viewer-file',
    value: 'path',
    description: 'a file that holds the URL of the viewer',
  },
  family: {
    variable: 'FAMILY',
    spelling: '--family',
    value: 'family',
    description: 'the IP version: 4, 6, or auto for whatever works',
    default: 'auto',
  },
  schedule: {
    variable: 'SCHEDULE',
    spelling: '--schedule',
    value: 'cron',
    description: 'when to report: a cron expression, @hourly, or @every 5m',
    default: '*/5 * * * *',
  },
  interval: {
    variable: 'INTERVAL',
    spelling: '--interval',
    value: 'time',
    description: 'how long until your next update, such as 5m; a later one counts as late',
  },
  retryFor: {
    variable: 'RETRY_FOR',
    spelling: '--retry-for',
    value: 'time',
    description: 'how long to keep trying, in seconds, or such as 5m',
    default: '20',
  },
  maxAge: {
    variable: 'MAX_AGE',
    spelling: '--max-age',
    value: 'time',
    description:
      'how old the last report may be, such as 10m (default: three times the report interval of the device, or 24h if it has none)',
  },
} as const satisfies Record<string, Flag>

export type FlagName = keyof typeof FLAGS

/** What the command line gives for each flag. */
export type GivenFlags = Partial<Record<FlagName, string | readonly string[] | undefined>>

/** Variables that a given variable replaces because they say the same in another way. */
const ALSO_REPLACED: Readonly<Record<string, readonly string[]>> = {
  SECRET: ['SECRET_FILE'],
  SECRET_FILE: ['SECRET'],
  SERVER_HOST: ['SERVER_URL'],
  VIEWER_URL: ['VIEWER_URL_FILE'],
  VIEWER_URL_FILE: ['VIEWER_URL'],
}

/**
 * The context as if every flag were its variable, so that settings are read in one place. A flag replaces its own
 * variable, and another one that says the same in another way.
 */
export function withFlags<C extends Pick<Context, 'env' | 'flags'>>(context: C, given: GivenFlags): C {
  const values = new Map<string, string>()
  const flags = { ...context.flags }
  for (const [key, flag] of Object.entries<Flag>(FLAGS)) {
    const value = given[key as FlagName]
    if (value === undefined) continue
    const text = typeof value === 'string' ? value : value.join(',')
    // The two spellings of a list may both be given, and are one list then.
    const before = flag.isList ? values.get(flag.variable) : undefined
    values.set(flag.variable, before === undefined ? text : `${before},${text}`)
    flags[flag.variable] = flag.spelling
  }
  const replaced = new Set([...values.keys()].flatMap(variable => ALSO_REPLACED[variable] ?? []))
  // A path needs a host, and the environment may name it.
  const servers = values.get('SERVER_URL')?.split(',') ?? []
  if (servers.some(text => !text.trim().startsWith('/'))) replaced.add('SERVER_HOST')
  const kept = Object.entries(context.env).filter(([variable]) => !replaced.has(variable))
  return { ...context, env: Object.fromEntries([...kept, ...values]), flags }
}
