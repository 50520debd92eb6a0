import { run as runCommand } from '../commands/run.ts'
import { explain } from '../explain.ts'
import type { ExitCode, World } from '../world.ts'

/** `ipupdater run` in a file of its own: its error classes are copies, which only an `explain` of its own knows. */
export function run(world: World): Promise<ExitCode> {
  return runCommand(world).catch(error => explain(error, world))
}
