import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const root = join(import.meta.dirname, '../..')

const execute = promisify(execFile)

/** Runs a program in the project's root; resolves to what it prints, rejects with what it complains of. */
export async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const options = { cwd: root, env: { ...process.env, ...env }, maxBuffer: 32 * 1024 * 1024 }
  const { stdout } = await execute(program, args, options)
  return stdout
}

export const docker = (...args: readonly string[]): Promise<string> => run('docker', args)

/** Runs a shell command line. */
export const shell = (line: string): Promise<string> => run('sh', ['-c', line])

/** As `run`, for a program that is meant to fail: what it printed, on either stream. */
export async function runFailing(program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(program, args).then(
    () => Promise.reject(new Error(`${program} ${args.join(' ')} was meant to fail, and did not`)),
    (error: { stdout: string; stderr: string }) => error,
  )
  return stdout + stderr
}

/** Asks again until `check` no longer throws; then its value. The last error after `seconds`. */
export async function eventually<T>(check: () => Promise<T> | T, seconds = 20): Promise<T> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }
}
