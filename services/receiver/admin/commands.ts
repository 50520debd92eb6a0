import { documentSettings } from '@ipupdater/runtime'
import { Command, CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { AdminError } from './admin-error.ts'
import type { AdminContext, Answer } from './context.ts'
import type { Terminal } from './progress.ts'
import { adminSettings } from './settings.ts'

/** Runs a command and prints its answer. */
type Run = (command: (context: AdminContext) => Promise<Answer>) => Promise<void>

/** Prints the help, or runs the command that `argv` names. @throws AdminError `misused`, and what the command throws */
export async function parseCommand(argv: readonly string[], stdout: Terminal, run: Run): Promise<void> {
  let complaint = ''
  const program = adminCommands(run)
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: text => stdout.write(text),
      writeErr: text => {
        complaint += text
      },
    })
  }
  try {
    await program.parseAsync(helpOfCommand(argv, program))
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw usageError(complaint) // 0: --help, --version
  }
}

/** `help device add` as `device add --help`: commander's own explains only the first word. */
function helpOfCommand(argv: readonly string[], { commands }: Command): readonly string[] {
  const [node = '', script = '', first, ...names] = argv
  const [topic = 'help'] = names
  const isKnown =
    topic === 'help' || topic.startsWith('-') || commands.some(command => command.name() === topic)
  // Commander's own prints the general help.
  if (first === 'help' && !isKnown) throw usageError(`error: unknown command '${topic}'`)
  return first === 'help' && names.length > 1 ? [node, script, ...names, '--help'] : argv
}

function usageError(complaint: string): AdminError {
  const isHelp = complaint.startsWith('Usage:') // a group of commands without one of them
  const message = complaint.trim().replace(/^error: /, '')
  return new AdminError('misused', message, isHelp ? null : 'run "ipupdater-admin help".')
}

/** All commands on one screen. Each loads what it needs only when it runs. */
function adminCommands(run: Run): Command {
  const program = new Command('ipupdater-admin')
    .description('Manages the devices and the database of this server, while the receiver runs.')
    .version(manifest.version)
    .helpCommand('help [command]', 'explain a command')
    .addHelpText('after', rootHelp())
  const device = program
    .command('device')
    .description('add, list and remove the machines that report, and change their secrets')
  const secretFile = [
    '--secret-file <file>',
    'take the secret from this file, "-" from standard input (default: a new random secret)',
  ] as const

  add(device, 'add <name>', 'register a device; prints its secret and the command that starts its client')
    .option(...secretFile)
    .option('--dyndns2', 'for a router or ddclient: make a password, and print settings for routers')
    .option(
      '--interval <duration>',
      'with --dyndns2: how often it reports, such as 25h (without it the device is never called late)',
    )
    .addHelpText('after', more('device add home', 'KEYS_DIR PUBLIC_URL PORT DEVICE SECRET DYNDNS2'))
    .action((name, options) =>
      run(async context => (await import('./device/add.ts')).deviceAdd(context, name, options)),
    )
  add(
    device,
    'list',
    'list the devices: last report, how wrong the clock is, secrets; times in JSON are ms since 1970',
  )
    .addHelpText('after', more('device list --json', 'DATA_DIR KEYS_DIR TZ DEVICE SECRET'))
    .action(() => run(async context => (await import('./device/list.ts')).deviceList(context)))
  add(
    device,
    'rotate <name>',
    'give a device a new secret; the old one is accepted until the new one is used',
  )
    .option(...secretFile)
    .option('--finish', 'end the old secret now')
    .option('--cancel', 'remove the new secret, keep the old one')
    .addHelpText('after', more('device rotate home', 'KEYS_DIR PUBLIC_URL PORT DEVICE SECRET'))
    .action((name, options) =>
      run(async context => (await import('./device/rotate.ts')).deviceRotate(context, name, options)),
    )
  add(
    device,
    'remove <name>',
    'refuse the reports of a device from now on; its history stays until "device forget"',
  )
    .addHelpText('after', more('device remove home', 'KEYS_DIR DEVICE SECRET'))
    .action(name => run(async context => (await import('./device/remove.ts')).deviceRemove(context, name)))
  add(
    device,
    'reset <name>',
    'let a device report again after the clock of the server was ahead; it gets a new secret',
  )
    .option(...secretFile)
    .addHelpText('after', more('device reset home', 'DATA_DIR KEYS_DIR PUBLIC_URL PORT TZ DEVICE SECRET'))
    .action((name, options) =>
      run(async context => (await import('./device/reset.ts')).deviceReset(context, name, options)),
    )
  add(device, 'forget <name>', 'delete the addresses and the history of a device that was removed')
    .addHelpText('after', more('device forget home', 'DATA_DIR KEYS_DIR DEVICE SECRET'))
    .action(name => run(async context => (await import('./device/forget.ts')).deviceForget(context, name)))

  add(
    program,
    'backup <file>',
    'copy the database and the device registry to one file and check it, while the receiver runs',
  )
    .option(
      '--keep <n>',
      'put the time into the file name, and delete all but the newest n backups (default: keep all)',
    )
    .option('--force', 'replace a file that is not an ipupdater backup')
    .addHelpText('after', more('backup /backups/backup.sqlite --keep 7', 'DATA_DIR KEYS_DIR'))
    .action((file, options) =>
      run(async context => (await import('./backup/backup.ts')).backupCommand(context, file, options)),
    )
  add(
    program,
    'restore <file>',
    'replace the database and the registry by those of a backup; the old ones are kept under names that it prints',
  )
    .addHelpText('after', more('restore /backups/backup-20261122T183000Z.sqlite', 'DATA_DIR KEYS_DIR'))
    .action(file => run(async context => (await import('./backup/restore.ts')).restoreCommand(context, file)))
  add(program, 'doctor', 'check the server: volumes, disk space, clock, devices, proxies')
    .addHelpText('after', more('doctor', 'DATA_DIR KEYS_DIR HOST PORT TRUSTED_PROXIES DEVICE SECRET'))
    .action(() => run(async context => (await import('./doctor/doctor.ts')).doctor(context)))

  const database = program.command('database').description('a PostgreSQL database, with DATABASE_URL')
  add(database, 'setup', 'print the statements that make the roles of receivers and viewers, for psql')
    .option('--run', 'run them in DATABASE_URL instead; its user must be a superuser')
    .option('--receiver-url-file <file>', 'the URL for receivers: sets its password')
    .option('--viewer-url-file <file>', 'the URL for viewers: sets its password')
    .addHelpText('after', more('database setup | psql ipupdater', 'DATABASE_URL'))
    .action(options =>
      run(async context => (await import('./database/setup.ts')).databaseSetup(context, options)),
    )
  add(
    program,
    'move',
    'copy the database to PostgreSQL, or back to a directory, and compare; stop the receivers first',
  )
    .option('--to <target>', 'an empty database: postgres://…, without a password, or a directory for SQLite')
    .option('--to-url-file <file>', 'the URL in a file, "-" for standard input')
    .addHelpText('after', more('move --to-url-file url', 'DATA_DIR DATABASE_URL'))
    .action(({ to, toUrlFile }) =>
      run(async context => (await import('./move/move.ts')).move(context, { to, toFile: toUrlFile })),
    )
  add(
    program,
    'floor',
    'refuse all messages from before now, after the database was recovered by other means than restore',
  )
    .addHelpText('after', more('floor', 'DATA_DIR DATABASE_URL TZ'))
    .action(() => run(async context => (await import('./database/floor.ts')).raiseFloor(context)))
  return program
}

function add(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--json', 'print the result, or the failure, as JSON (default: text)')
}

function more(example: string, variables: string): string {
  const names = variables.replaceAll(' ', ', ')
  return `\nExample:\n  ipupdater-admin ${example}\n\nEnvironment variables: ${names} (see ipupdater-admin help).`
}

function rootHelp(): string {
  const variables = documentSettings(adminSettings).map(({ name, description, default: fallback }) => {
    const [sentence] = description.split(/(?<=\.) |;/)
    return `  ${name.padEnd(16)} ${sentence?.replace(/\.$/, '')}${fallback === '' ? '' : ` (default: ${fallback})`}`
  })
  return `
Environment variables, the same as those of the receiver, so that both use the same files:
${variables.join('\n')}

Example:
  ipupdater-admin device add home
Without Docker, in a clone of the repository:
  npm run -s admin -- device add home

Exit codes: 0 done, 1 refused or faults found, 2 wrong use or settings, 75 try again later.`
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}
