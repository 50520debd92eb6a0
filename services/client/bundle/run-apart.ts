import { run as runCommand } from '../commands/run.ts'
import type { Context, ExitCode } from '../context.ts'
import { printError } from '../errors.ts'

/** `ipupdater run` in a file of its own. Its error classes are copies, which only a `printError` of its own recognises. */
export function run(context: Context): Promise<ExitCode> {
  return runCommand(context).catch(error => printError(error, context, 'run'))
}
