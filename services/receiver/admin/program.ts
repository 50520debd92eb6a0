import { printable } from '@ipupdater/runtime'
import { AdminError, exitCodes } from './admin-error.ts'
import { parseCommand } from './commands.ts'
import type { Answer, Outside } from './context.ts'
import { openContext } from './context.ts'

/** Runs the command that `argv` names, prints its answer or its failure, and returns the exit code. */
export async function runAdmin(argv: readonly string[], outside: Outside): Promise<number> {
  const isJson = argv.includes('--json')
  try {
    await parseCommand(argv, outside.stdout, async command =>
      printAnswer(outside, await command(openContext(outside)), isJson),
    )
    return exitCodes.done
  } catch (error) {
    const failure = error instanceof AdminError ? error : await explain(error)
    printFailure(outside, failure, isJson)
    return exitCodes[failure.code]
  }
}

/** @throws AdminError if the command found faults */
function printAnswer({ stdout }: Outside, { lines, data, failure }: Answer, isJson: boolean): void {
  const text = isJson ? JSON.stringify(data, null, 2) : lines.join('\n')
  stdout.write(printable(`${text}\n`))
  if (failure) throw failure
}

function printFailure(
  { stdout, stderr }: Outside,
  { code, message, advice, cause, isReported }: AdminError,
  isJson: boolean,
): void {
  if (!isJson) {
    stderr.write(printable(`${message}\n${advice === null ? '' : `What to do: ${advice}\n`}`))
  } else if (!isReported) {
    const reason = (cause as { code?: string } | undefined)?.code ?? code
    const failure = { outcome: 'failed', code: reason, message, advice, exit: exitCodes[code] }
    stdout.write(printable(`${JSON.stringify(failure, null, 2)}\n`))
  }
}

async function explain(error: unknown): Promise<AdminError> {
  const { explainError } = await import('./explain-error.ts')
  const known = explainError(error)
  if (known === null) throw error
  return known
}
