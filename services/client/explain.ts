import { StartError } from '@ipupdater/runtime'
import { ClientError } from './client-error.ts'
import type { ExitCode, World } from './world.ts'

/** Tells what went wrong, and what to do, and turns it into an exit code. What has no sentence is a bug, and thrown. */
export function explain(error: unknown, { tell }: Pick<World, 'tell'>): ExitCode {
  if (error instanceof ClientError) {
    tell(error.message)
    return error.reaction.exit
  }
  if (error instanceof StartError) {
    tell(`${error.message}\nWhat to do: ${error.cure}`)
    return 2
  }
  throw error
}
