import { StartError } from '@ipupdater/runtime'
import { Command, CommanderError } from 'commander'
import type { Context, ExitCode } from './context.ts'
import manifest from './package.json' with { type: 'json' }

/** One call of `ipupdater-notifier`. Every failure is reported in one sentence. */
export async function runProgram(argv: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = 0
  const root = commandLine(context, given => {
    code = given
  })
  for (const command of [root, ...root.commands]) command.exitOverride()
  try {
    const [, , given, topic] = argv
    const first = given === 'help' ? (topic ?? given) : given
    // Otherwise commander would take it for an argument of the default command.
    if (first !== undefined && !first.startsWith('-') && !isCommand(root, first)) {
      context.stderr(`unknown command '${first}'\nWhat to do: run "ipupdater-notifier help".`)
      return 2
    }
    await root.parseAsync(argv)
    return code
  } catch (error) {
    // Commander has printed it; its code is 0 for --help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof StartError)) throw error
    context.stderr(`${error.message}\nWhat to do: ${error.cure}`)
    return 2
  }
}

function isCommand(root: Command, name: string): boolean {
  return name === 'help' || root.commands.some(command => command.name() === name)
}

/** All commands on one screen. Each loads its own code when it is called. */
function commandLine(context: Context, finish: (code: ExitCode) => void): Command {
  const root = new Command('ipupdater-notifier')
    .description(
      'Tells you when the address of a device changes and when a device falls silent, and publishes addresses.',
    )
    .version(manifest.version)
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError('What to do: run "ipupdater-notifier help".')
    .addHelpText('after', HELP)

  root
    .command('run', { isDefault: true })
    .description('follow the addresses and send messages, until it is stopped')
    .action(async () => {
      const { run } = await import('./commands/run.ts')
      finish(await run(context))
    })

  root
    .command('test')
    .argument('[channel]', 'only this channel, such as ntfy or publish-home')
    .description('send a test message now, and print what each channel answers')
    .addHelpText('after', TEST_HELP)
    .action(async (channel: string | undefined) => {
      const { test } = await import('./commands/test.ts')
      finish(await test(channel, context))
    })

  root
    .command('list')
    .description('show how each channel does, and the messages that wait, with the reason')
    .action(async () => {
      const { list } = await import('./commands/list.ts')
      finish(await list(context))
    })

  return root
}

const HELP = `
Examples:
  ALERT_NTFY_URL=https://ntfy.sh/a-long-random-name ipupdater-notifier test
  docker compose exec notifier ipupdater-notifier list

Settings are environment variables; docs/notifications.md explains each.
Exit codes: 0 done, 1 a channel failed, 2 wrong use or settings.`

const TEST_HELP = `
Publishing is tested with the device's present address.

Examples:
  ipupdater-notifier test
  ipupdater-notifier test mail`
