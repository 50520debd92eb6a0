import { Command, CommanderError, Option } from 'commander'
import type { CommandRow } from './command-table.ts'
import { COMMANDS } from './command-table.ts'
import type { Context, ExitCode } from './context.ts'
import { printError, UsageError } from './errors.ts'
import manifest from './package.json' with { type: 'json' }
import type { Flag, GivenFlags } from './settings/flags.ts'
import { FLAGS, withFlags } from './settings/flags.ts'

/** Runs one call of `ipupdater` and returns its exit code. Every failure is printed as a sentence. */
export async function runProgram(argv: readonly string[], base: Context): Promise<ExitCode> {
  const { own, rest } = splitAtDashes(argv)
  const context = { ...base, json: own.includes('--json') }
  const command = Object.keys(COMMANDS).find(name => name === own[2])
  let complaint = ''
  let code: ExitCode = 0
  const root = new Command('ipupdater')
    .configureOutput({
      writeOut: text => context.stdout(text.trimEnd()),
      writeErr: text => {
        complaint += text
      },
    })
    .description(
      'Tells your server the public address of this machine, and you the addresses of your machines.',
    )
    .version(manifest.version)
    .helpCommand('help [command]', 'explain a command')
    // Without their arguments: the long ones leave too little width for the descriptions to wrap.
    .configureHelp({ subcommandTerm: command => command.name() })
    .addHelpText('after', ROOT_HELP)
  for (const [name, row] of Object.entries(COMMANDS)) {
    addCommand(root, name, row, async (options, args) => {
      if (options.password !== undefined) context.stderr(PASSWORD_WARNING)
      code = await row.run(withDevice(withFlags(context, flagsOf(options)), row, args), {
        args,
        rest,
        values: textsOf(options),
        isSet: name => options[name] === true,
      })
    })
  }
  for (const command of [root, ...root.commands]) command.exitOverride()
  try {
    assertHelpTopic(own)
    // Commander takes a help about the help for a mistake.
    await root.parseAsync(own[2] === 'help' && own[3] === 'help' ? own.slice(0, 3) : own)
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) return printError(error, context, command)
    // Its exit code is 0 after --help and --version.
    if (error.exitCode === 0) return 0
    // Without a command, the complaint is the help itself.
    const text = error.code === 'commander.help' ? `${complaint}\nNo command was given.` : complaint
    return printError(new UsageError(text.trim().replace(/^error: /, '')), context, command)
  }
}

/** Commander would print the general help. @throws UsageError */
function assertHelpTopic([, , first, topic]: readonly string[]): void {
  if (first !== 'help' || topic === undefined || topic.startsWith('-')) return
  if (topic !== 'help' && !Object.hasOwn(COMMANDS, topic)) throw new UsageError(`unknown command '${topic}'`)
}

/** `watch -- COMMAND` runs what follows the dashes; for every other command they only end the flags. */
function splitAtDashes(argv: readonly string[]): { own: readonly string[]; rest: readonly string[] } {
  const dashes = argv.indexOf('--')
  if (argv[2] !== 'watch' || dashes < 0) return { own: argv, rest: [] }
  return { own: argv.slice(0, dashes), rest: argv.slice(dashes + 1) }
}

type Options = Readonly<Record<string, string | readonly string[] | true | undefined>>

function addCommand(
  root: Command,
  name: string,
  { description, flags, switches = {}, args = [], usage, variables, example }: CommandRow,
  run: (options: Options, args: readonly string[]) => Promise<void>,
): void {
  const command = root.command(name).description(description)
  for (const argument of args) command.argument(...argument)
  if (usage !== undefined) command.usage(usage)
  for (const flag of flags) command.addOption(optionOf(FLAGS[flag]))
  for (const [spelling, text] of Object.entries(switches)) command.option(spelling, text)
  command.option('--json', 'print results and failures as JSON, one object per line')
  const also = variables === undefined ? '' : `\nAlso read from the environment: ${variables}.`
  command.addHelpText('after', `${also}${also && '\n'}\nExample:\n  ${example}`)
  command.action(() => run(command.opts<Options>(), command.args))
}

/** The options that stand for a setting. */
function flagsOf(options: Options): GivenFlags {
  return Object.fromEntries(
    Object.keys(FLAGS).flatMap(name => {
      const value = options[name]
      return value === undefined || value === true ? [] : [[name, value]]
    }),
  )
}

/** A device that is given as an argument wins over the flag. A fault names no flag then. */
function withDevice(context: Context, { args = [] }: CommandRow, [first]: readonly string[]): Context {
  if (args[0]?.[0] !== '[device]' || first === undefined) return context
  return {
    ...context,
    env: { ...context.env, DEVICE: first },
    flags: { ...context.flags, DEVICE: 'The argument' },
  }
}

function textsOf(options: Options): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

function optionOf(flag: Flag): Option {
  const spelling = `${flag.spelling} <${flag.value}>`
  const { variable, default: fallback } = flag
  const from = fallback === undefined ? `[${variable}]` : `[${variable}, default: ${fallback}]`
  const option = new Option(
    flag.short === undefined ? spelling : `${flag.short}, ${spelling}`,
    `${flag.description} ${from}`,
  )
  if (flag.isList) option.argParser((value: string, before: readonly string[] = []) => [...before, value])
  return flag.isOld ? option.hideHelp() : option
}

const PASSWORD_WARNING =
  'Warning: everybody on this machine can see the secret of -p in the process list. Use SECRET or --secret-file.'

const ROOT_HELP = `
A flag that stands for a setting names its environment variable in brackets.
The flag wins over the variable. The file .env.example of the repository
explains every variable.

Example:
  ipupdater update --server http://ddns.example.org:8080 --device home \\
    --secret-file /etc/ipupdater/secret

Exit codes: 0 done, 1 refused, 2 wrong use or settings, 75 try again later.`
