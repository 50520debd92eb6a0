import { runProgram } from './program.ts'
import { serverTime, testSecret } from './test-receiver.ts'
import type { ExitCode, World } from './world.ts'

export interface Ran {
  code: ExitCode
  /** Lines of stdout. */
  printed: string[]
  /** All of stderr. */
  told: string
  /** The pauses between tries, in milliseconds. */
  pauses: number[]
}

/**
 * For tests: one call of the program, over real HTTP, with a clock of its own that only pauses move. Verdicts
 * as JSON come with `verdictsOf`.
 */
export async function ipupdater(
  args: readonly string[],
  env: Record<string, string> = {},
  about: { now?: number } = {},
): Promise<Ran> {
  const printed: string[] = []
  const told: string[] = []
  const pauses: number[] = []
  let now = about.now ?? serverTime
  const world: World = {
    env: { SECRET: testSecret, ...env },
    program: [],
    now: () => now,
    random: () => 0,
    randomBytes: size => Buffer.alloc(size, (now + pauses.length) % 256),
    async sleep(ms) {
      pauses.push(ms)
      now += ms
    },
    print: line => printed.push(line),
    tell: line => told.push(line),
  }
  const code = await runProgram(['node', 'ipupdater', ...args], world)
  return { code, printed, told: told.join('\n'), pauses }
}
