import { adoptEnvironment } from './settings/node-environment.ts'
import { StartError } from './start-error.ts'
import { stopSignal } from './stop-signal.ts'
import { printable } from './text/printable.ts'
import { writeNow } from './write-now.ts'

/**
 * Runs a program to its end and sets the exit code: 0 done or stopped by a signal, 2 for what the operator can fix
 * (settings, volume, port), 1 for everything else. `stop` aborts at SIGTERM or SIGINT.
 */
export async function runMain(main: (stop: AbortSignal) => Promise<void>): Promise<void> {
  adoptEnvironment(process.env)
  const stop = stopSignal()
  try {
    await main(stop.signal)
  } catch (error) {
    writeNow(2, printable(`${explain(error)}\n`))
    process.exitCode = error instanceof StartError ? 2 : 1
  } finally {
    stop[Symbol.dispose]()
  }
}

function explain(error: unknown): string {
  if (error instanceof StartError) return `Cannot start: ${error.message}\nWhat to do: ${error.cure}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
