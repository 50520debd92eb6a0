import type { ChildProcessByStdio } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Another process, asked line by line; each line of it is one JSON answer. */
export interface Child {
  ask(...question: readonly unknown[]): Promise<unknown>
  /** One more answer to the same question. Throws after the last one of a process that has ended. */
  next(): Promise<unknown>
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Starts one of the programs beside this file, behind `prefix` (another command that ends in running this one). */
export async function startChild(
  t: TestContext,
  program: 'reader-process' | 'writer-process',
  dir: string,
  { prefix = [], uid }: { prefix?: readonly string[]; uid?: number } = {},
): Promise<Child> {
  const script = fileURLToPath(new URL(`${program}.ts`, import.meta.url))
  const [command = '', ...rest] = [...prefix, process.execPath, script, dir]
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(command, rest, {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${program} has ended`)
    const { result, error } = JSON.parse(value)
    if (error) throw Object.assign(new Error(error.message), error)
    return result
  }
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
  t.after(() => kill('SIGKILL'))
  await answer()
  return {
    ask(...question) {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      return answer()
    },
    next: answer,
    kill,
  }
}

/** The command before a command that lets it see `dir` as a volume mounted `:ro`. Null: not possible here. */
export function readOnlyView(dir: string): string[] | null {
  return mounted(dir, 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"')
}

/** The command before a command that lets it see `dir` as an empty volume of one megabyte. Null: not possible here. */
export function smallVolume(dir: string): string[] | null {
  return mounted(dir, 'mount -t tmpfs -o size=1m small "$0"')
}

/** In a mount namespace of its own (unshare(1)), which any user may have on most systems, root or not. */
function mounted(dir: string, mount: string): string[] | null {
  const unshare = ['--user', '--map-root-user', '--mount', 'sh', '-c', `${mount} && exec "$@"`, dir]
  return spawnSync('unshare', [...unshare, 'true']).status === 0 ? ['unshare', ...unshare] : null
}

/** The other end of the line: answers each question by the function of its name. */
export async function answerQuestions(answers: Record<string, (...args: never[]) => unknown>): Promise<void> {
  const say = (answer: unknown) => process.stdout.write(`${JSON.stringify(answer)}\n`)
  say({ result: 'ready' })
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...args] = JSON.parse(line)
    try {
      say({ result: (await answers[name]?.(...(args as never[]))) ?? null })
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      say({ error: { code, message } })
    }
  }
}
