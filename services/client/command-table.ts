import type { Context, ExitCode } from './context.ts'
import type { FlagName } from './settings/flags.ts'

/** One command: what its help says, and what it runs. */
export interface CommandRow {
  readonly description: string
  /** Its command line after the name, if commander's own is not enough. */
  readonly usage?: string
  /** Flags that stand for a setting. */
  readonly flags: readonly FlagName[]
  /** Flags of this command alone: spelling and description. */
  readonly switches?: Readonly<Record<string, string>>
  /** What it takes besides flags: spelling for commander, and description. */
  readonly args?: readonly (readonly [spelling: string, description: string])[]
  /** Further variables that it reads, with their defaults. */
  readonly variables?: string
  readonly example: string
  readonly run: (context: Context, given: Given) => Promise<ExitCode>
}

/** What the command line says besides settings. */
export interface Given {
  /** The arguments; for `[device]`, the first is a setting already. */
  readonly args: readonly string[]
  /** What follows `--`. */
  readonly rest: readonly string[]
  /** The value of each switch that takes one. */
  readonly values: Readonly<Record<string, string | undefined>>
  /** Whether a switch that takes no value was given. */
  readonly isSet: (name: string) => boolean
}

const RECEIVER_FLAGS = [
  'server',
  'url',
  'host',
  'device',
  'name',
  'secretFile',
  'password',
  'family',
] as const
const VIEWER_FLAGS = ['viewer', 'viewerFile', 'device', 'name', 'secretFile', 'password'] as const

const DEVICE = ['[device]', 'the name of the device'] as const

const UNSIGNED = 'also accept an address that the device has not signed'

/** A command's own code is loaded when it runs, so that a short command starts fast. */
export const COMMANDS: Readonly<Record<string, CommandRow>> = {
  update: {
    description: 'report the address of this machine once',
    flags: [...RECEIVER_FLAGS, 'interval', 'retryFor'],
    example:
      'ipupdater update --server http://ddns.example.org:8080 --device home --secret-file /etc/ipupdater/secret',
    run: async context => (await import('./commands/update.ts')).update(context),
  },
  run: {
    description: 'report now, and then on schedule',
    flags: [...RECEIVER_FLAGS, 'schedule'],
    variables:
      'TZ, the time zone of --schedule; LOG_LEVEL (default: info);\nLOG_FORMAT (default: text); STATUS_FILE, which `ipupdater health` reads',
    example: 'ipupdater run --server http://ddns.example.org:8080 --device home --schedule "*/10 * * * *"',
    run: async context => (await import('./commands/run.ts')).run(context),
  },
  ip: {
    description: 'print the address of this machine as the server sees it, and report nothing',
    flags: [...RECEIVER_FLAGS, 'retryFor'],
    example: 'ipupdater ip --server http://ddns.example.org:8080 --family 4',
    run: async context => (await import('./commands/ip.ts')).ip(context),
  },
  get: {
    description: 'print the address of a device, if the device has signed it within --max-age',
    args: [DEVICE],
    flags: [...VIEWER_FLAGS, 'family', 'maxAge'],
    switches: { '--unsigned': UNSIGNED },
    example:
      'ssh "me@$(ipupdater get home --viewer https://ip.example.org --secret-file /etc/ipupdater/secret)"',
    run: async (context, { isSet }) =>
      (await import('./commands/get.ts')).get({ unsigned: isSet('unsigned') }, context),
  },
  history: {
    description: 'print the addresses that a device has had, newest first, and whether it has signed them',
    args: [DEVICE],
    flags: [...VIEWER_FLAGS, 'earlierSecretFile'],
    switches: {
      '--limit <count>': 'print at most this many entries (default: 50)',
      '--from <time>': 'leave out what ended before this time, such as 2026-11-22',
      '--to <time>': 'leave out what began after this time',
      '--at <time>': 'only the address and state at this time, such as 2026-11-22T14:03',
    },
    variables:
      'TZ, the time zone of the printed times. Times in flags that\nname no offset, such as +01:00, are read in the time zone of the viewer',
    example: 'ipupdater history home --from 2026-11-01 --limit 20',
    run: async (context, { values }) => (await import('./commands/history.ts')).history(values, context),
  },
  watch: {
    description: 'run a command whenever a device has a new verified address',
    args: [DEVICE],
    usage: '[options] [device] -- COMMAND',
    flags: [...VIEWER_FLAGS, 'family', 'maxAge'],
    switches: {
      '--state <path>':
        'file that remembers the last address COMMAND ran for (default: ~/.local/state/ipupdater/watch-DEVICE.json)',
      '--poll <time>': 'how often to ask the viewer (default: 30s)',
      '--unsigned': UNSIGNED,
    },
    variables:
      'XDG_STATE_HOME, the folder of the default --state.\nCOMMAND gets the address in the variable IPUPDATER_ADDRESS, and what belongs to it in\nIPUPDATER_DEVICE, IPUPDATER_FAMILY and IPUPDATER_PREVIOUS',
    example: 'ipupdater watch home -- ./reload-firewall.sh',
    run: async (context, { rest, values, isSet }) => {
      const { watch } = await import('./commands/watch.ts')
      return watch(rest, { ...values, unsigned: isSet('unsigned') }, context)
    },
  },
  export: {
    description: 'print the verified addresses of devices for another program',
    args: [
      ['<format>', 'hosts, ssh-config, nginx, nftables, prometheus or zone'],
      [
        '[devices...]',
        'the names of the devices (default: --device); {device} in SECRET_FILE stands for each name',
      ],
    ],
    flags: [...VIEWER_FLAGS, 'family', 'maxAge'],
    switches: {
      '--output <path>': 'replace this file in one step, and only if every device has a verified address',
      '--force': 'replace a file that was not written by export',
      '--domain <name>': 'the domain of the devices (hosts, ssh-config, zone)',
      '--ttl <seconds>': 'how long a DNS record may be cached (zone; default: 300)',
      '--port <number>': 'the port that Prometheus asks (prometheus)',
      '--table <name>': 'the table of the sets (nftables; default: ipupdater)',
      '--unsigned': UNSIGNED,
    },
    example: 'ipupdater export ssh-config home --output ~/.ssh/ipupdater.conf',
    run: async (context, { args, values, isSet }) => {
      const { exportAddresses } = await import('./commands/export.ts')
      return exportAddresses(args, { ...values, force: isSet('force'), unsigned: isSet('unsigned') }, context)
    },
  },
  audit: {
    description: 'check the signature of every entry of a history, from a viewer or a file',
    args: [['[source]', 'the URL of a viewer, or a file with the JSON of its history (default: --viewer)']],
    flags: [...VIEWER_FLAGS, 'earlierSecretFile', 'maxAge'],
    switches: { '--unsigned': 'do not count an entry without a signature as a fault' },
    example: 'ipupdater audit https://ip.example.org --device home --earlier-secret-file old-secret',
    run: async (context, { args: [source], isSet }) => {
      const { audit } = await import('./commands/audit.ts')
      return audit(source, { unsigned: isSet('unsigned') }, context)
    },
  },
  keygen: {
    description: 'print a new secret',
    flags: [],
    example: '(umask 077; ipupdater keygen > secret)',
    run: async context => (await import('./commands/keygen.ts')).keygen(context),
  },
  health: {
    description: 'tell whether the last report of `ipupdater run` on this machine succeeded in time',
    flags: ['device', 'name', 'server', 'url', 'host'],
    variables: 'STATUS_FILE, as for `ipupdater run`',
    example: 'ipupdater health --device home',
    run: async context => (await import('./commands/health.ts')).health(context),
  },
}
