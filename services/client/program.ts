import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { Context, ExitCode } from './context.ts'
import { printError } from './errors.ts'
import manifest from './package.json' with { type: 'json' }
import type { Flags } from './settings/flags.ts'
import { withFlags } from './settings/flags.ts'

/** One call of `ipupdater` to its exit code. Every failure is printed as a sentence. */
export async function runProgram(argv: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = 0
  const root = commandLine(context, given => {
    code = given
  })
  for (const command of [root, ...root.commands]) command.exitOverride()
  try {
    await root.parseAsync(argv)
    return code
  } catch (error) {
    // commander has told it already; its code is 0 for --help and --version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return printError(error, context)
  }
}

/**
 * A command's own code is loaded when it is called: most of the time of a start would else go into what the
 * others need.
 */
function commandLine(context: Context, finish: (code: ExitCode) => void): Command {
  const root = new Command('ipupdater')
    .description(
      'Tells your server the public address of this machine, and you the addresses of your machines.',
    )
    .version(manifest.version)
    .helpCommand(false)
    .addHelpText('after', '\nExit codes: 0 done, 1 refused, 2 wrong use or settings, 75 try later.')

  reporting(root.command('update').description('report the address of this machine once'))
    .addOption(json)
    .option('--interval <time>', 'when the next report is due, such as 5m [INTERVAL]')
    .option('--retry-for <time>', 'how long to go on trying, such as 90s [RETRY_FOR]')
    .action(async ({ json, ...flags }: Flags & Json) => {
      const { update } = await import('./commands/update.ts')
      finish(await update({ json }, contextWith(flags, context)))
    })

  reporting(root.command('run').description('report at start, and then on schedule'))
    .option('--schedule <cron>', 'a cron expression such as "*/5 * * * *" [SCHEDULE]')
    .action(async (flags: Flags) => {
      const { run } = await import('./commands/run.ts')
      finish(await run(contextWith(flags, context)))
    })

  reporting(root.command('ip').description('ask which address the server sees, and report nothing'))
    .addOption(json)
    .option('--retry-for <time>', 'how long to go on trying, such as 90s [RETRY_FOR]')
    .action(async ({ json, ...flags }: Flags & Json) => {
      const { ip } = await import('./commands/ip.ts')
      finish(await ip({ json }, contextWith(flags, context)))
    })

  viewing(root.command('get').description('print the address of a device, if the device has signed it'))
    .addOption(family)
    .option('--max-age <time>', 'only if it was reported so recently, such as 10m [MAX_AGE]')
    .action(async (device: string | undefined, { json, ...flags }: Flags & Json) => {
      const { get } = await import('./commands/get.ts')
      finish(await get({ json }, contextWith({ ...flags, name: device ?? flags.name }, context)))
    })

  viewing(root.command('history').description('print the addresses that a device has had, newest first'))
    .option('--limit <count>', 'how many entries', wholeNumber, 50)
    .option('--from <time>', 'only what began then or later, such as 2026-11-22')
    .option('--to <time>', 'only what began before')
    .action(async (device: string | undefined, { json, limit, from, to, ...flags }: Flags & Json & Range) => {
      const { history } = await import('./commands/history.ts')
      const asked = contextWith({ ...flags, name: device ?? flags.name }, context)
      finish(await history({ json, limit, from, to }, asked))
    })

  root
    .command('keygen')
    .description('print a new secret')
    .action(async () => {
      const { keygen } = await import('./commands/keygen.ts')
      finish(await keygen(context))
    })

  root
    .command('health')
    .description('whether `ipupdater run` on this machine has made its last due report')
    .addOption(name)
    .action(async (flags: Flags) => {
      const { health } = await import('./commands/health.ts')
      finish(await health(contextWith(flags, context)))
    })

  return root
}

interface Json {
  json: boolean
}

interface Range {
  limit: number
  from?: string
  to?: string
}

const json = new Option('--json', 'one JSON object per line').default(false)
const name = new Option('-n, --name <device>', 'the name of the device [DEVICE]')
const family = new Option('--family <family>', '4, 6 or auto [FAMILY]')

function reporting(command: Command): Command {
  return withSecret(command)
    .option('-w, --host <host[:port]>', 'the receiver, short for -u http://HOST:8080 [SERVER_HOST]')
    .option('-u, --url <url>', 'the receiver, or a path on HOST; may be repeated [SERVER_URL]', collect)
    .addOption(family)
}

function viewing(command: Command): Command {
  return withSecret(command)
    .argument('[device]', 'the name of the device')
    .option('--viewer <url>', 'the viewer [VIEWER_URL]')
    .addOption(json)
}

function withSecret(command: Command): Command {
  return command
    .addOption(name)
    .option('-p, --password <secret>', 'the secret; others can see it in the process list [SECRET]')
    .option('--secret-file <path>', 'a file that holds the secret [SECRET_FILE]')
}

/** The context as it is with these flags. */
function contextWith(flags: Flags, context: Context): Context {
  if (flags.password !== undefined) {
    context.stderr(
      'Warning: everyone on this machine can see the secret of -p in the process list; use SECRET or --secret-file.',
    )
  }
  return { ...context, env: withFlags(context.env, flags) }
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Wanted is a whole number from 1.')
  return Number(text)
}
