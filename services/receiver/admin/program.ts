import { printable } from '@ipupdater/runtime'
import { Command, CommanderError } from 'commander'
import { exitCodes } from './admin-error.ts'
import type { AdminContext } from './context.ts'

/** Runs the command that `argv` names, tells of its failure on standard error, and returns its exit code. */
export async function runAdmin(argv: readonly string[], openContext: () => AdminContext): Promise<number> {
  try {
    await adminProgram(openContext).parseAsync(argv)
    return exitCodes.done
  } catch (error) {
    // Commander has told already what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused
    const { explainError } = await import('./explain-error.ts')
    const known = explainError(error)
    if (known === null) throw error
    const advice = known.advice === null ? '' : `What to do: ${known.advice}\n`
    process.stderr.write(printable(`${known.message}\n${advice}`))
    return exitCodes[known.code]
  }
}

/** `ipupdater-admin`: all its commands on one screen. Each loads what it needs only once it runs, and so the context. */
function adminProgram(openContext: () => AdminContext): Command {
  const program = new Command('ipupdater-admin')
    .description('Manages the devices and the database of this server, while the receiver runs.')
    .exitOverride() // wrong use is told apart by its exit code
    .showHelpAfterError('(--help says what is known)')
    .addHelpText('after', helpOnEnding)

  const device = program.command('device').description('the machines that report, and their secrets')
  const secretFile = ['--secret-file <file>', 'take the secret from this file ("-": standard input)'] as const
  device
    .command('add <name>')
    .description('register a device; prints its secret and the line to start its client')
    .option(...secretFile)
    .action(async (name, options) =>
      (await import('./device/add.ts')).deviceAdd(openContext(), name, options),
    )
  device
    .command('list')
    .description('name, last seen, clock and secrets of each device')
    .option('--json', 'as JSON; times are in milliseconds since 1970')
    .action(async options => (await import('./device/list.ts')).deviceList(openContext(), options))
  device
    .command('rotate <name>')
    .description('give a device a new secret; the old one holds until it has used the new one')
    .option(...secretFile)
    .option('--finish', 'end the old secret now')
    .option('--cancel', 'drop the new secret, keep the old one')
    .action(async (name, options) =>
      (await import('./device/rotate.ts')).deviceRotate(openContext(), name, options),
    )
  device
    .command('remove <name>')
    .description('refuse the reports of a device from now on; its history stays')
    .action(async name => (await import('./device/remove.ts')).deviceRemove(openContext(), name))
  program
    .command('backup <file>')
    .description('copy the database, checked, while the receiver runs')
    .option('--keep <n>', 'put the time into the file name, and keep the newest n of those')
    .action(async (file, options) =>
      (await import('./backup/backup.ts')).backupCommand(openContext(), file, options),
    )
  program
    .command('restore <file>')
    .description('put a backup in the place of the database, which is kept beside it')
    .action(async file => (await import('./backup/restore.ts')).restoreCommand(openContext(), file))
  program
    .command('doctor')
    .description('look at volumes, space, clock, devices and proxies; a line each, with the cure')
    .action(async () => (await import('./doctor/doctor.ts')).doctor(openContext()))
  return program
}

const helpOnEnding = `
Ends with 0: done; 1: refused, or something found wrong; 2: wrong use or settings; 75: try again later.`
