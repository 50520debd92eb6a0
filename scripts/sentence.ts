import { StartError } from '@ipupdater/runtime'

/** Prints an expected error as its sentence, without a stack, and returns the exit code. @throws any other error */
export function exitWithSentence(error: unknown): number {
  if (!(error instanceof StartError)) throw error
  process.stderr.write(`Cannot start: ${error.message} ${error.cure}\n`)
  return 2
}
