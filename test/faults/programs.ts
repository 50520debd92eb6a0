import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export type Environment = Readonly<Record<string, string>>

/** The volumes of one receiver and its viewer. Disposing removes them. */
export interface Place extends Disposable {
  readonly dir: string
  readonly dataDir: string
  readonly keysDir: string
}

export function createPlace(): Place {
  const dir = mkdtempSync(join(tmpdir(), 'ipufaults-'))
  const place = { dir, dataDir: join(dir, 'data'), keysDir: join(dir, 'keys') }
  mkdirSync(place.dataDir)
  mkdirSync(place.keysDir, { mode: 0o700 })
  return { ...place, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A program of ours in a process of its own. Disposing asks it to stop, and waits for its end. */
export interface Program extends AsyncDisposable {
  readonly child: ChildProcess
  readonly pid: number
  /** Everything that it has printed, on either stream. */
  output(): string
  /** Once it has printed this; rejects if it ends first. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<Ending>
  /** Bytes in use after a garbage collection. */
  memory(): Promise<number>
  /** Bytes of memory that the kernel has given it (VmRSS of proc(5)). */
  resident(): number
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Server extends Program {
  readonly port: number
  readonly url: string
}

/** The real receiver on a free port. By default it listens on IPv4 and IPv6, and takes the loopback's addresses. */
export function startReceiver(...begin: Parameters<typeof beginReceiver>): Promise<Server> {
  return ready(beginReceiver(...begin))
}

/** The same, which need not be ready yet, and perhaps never is. */
export function beginReceiver(
  { dataDir, keysDir }: Pick<Place, 'dataDir' | 'keysDir'>,
  settings: Environment = {},
  user?: number,
): Program {
  const volumes = { DATA_DIR: dataDir, KEYS_DIR: keysDir, PORT: '0' }
  const env = { ...volumes, ALLOW_PRIVATE_ADDRESSES: 'true', ...settings }
  return startProgram(['services/receiver/main.ts'], env, { user })
}

/** The real viewer on a free port. */
export function startViewer(
  { dataDir }: Pick<Place, 'dataDir'>,
  settings: Environment = {},
): Promise<Server> {
  return ready(startProgram(['services/viewer/main.ts'], { DATA_DIR: dataDir, PORT: '0', ...settings }))
}

/** `ipupdater ARGS`, to its end or until it is stopped; started by the command `through`, where there is one. */
export function startClient(
  args: readonly string[],
  settings: Environment = {},
  through: readonly string[] = [],
): Program {
  return startProgram(['services/client/main.ts', ...args], settings, { through })
}

/** `ipupdater-admin ARGS` in the receiver's place, to its end. */
export function startAdmin(
  { dataDir, keysDir }: Pick<Place, 'dataDir' | 'keysDir'>,
  args: readonly string[],
  settings: Environment = {},
): Program {
  const volumes = { DATA_DIR: dataDir, KEYS_DIR: keysDir }
  return startProgram(['services/receiver/admin/main.ts', ...args], { ...volumes, ...settings })
}

async function ready(program: Program): Promise<Server> {
  // Text or JSON, as LOG_FORMAT wants it.
  const [, port] = await program.printed(/ready"?.*\burl"?[=:]"?http:\/\/[^\s"]*:(\d+)/)
  return { ...program, port: Number(port), url: `http://127.0.0.1:${port}` }
}

export interface Start {
  /** As whom it runs; only root can choose. */
  readonly user?: number | undefined
  /** A command such as `ip netns exec NAME`, which becomes the program that it is given. */
  readonly through?: readonly string[]
}

/** `node ARGS` with these variables and no others: a developer's own settings are not the test's business. */
export function startProgram(
  args: readonly string[],
  env: Environment = {},
  { user, through = [] }: Start = {},
): Program {
  const leash = ['--expose-gc', '--import', join(import.meta.dirname, 'leash.ts')]
  const [command = '', ...rest] = [...through, process.execPath, ...leash, ...args]
  const child = spawn(command, rest, {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      // Hundreds of starts take half the time each.
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/test-faults'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(user !== undefined && { uid: user, gid: user }),
  })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      chunks.push(chunk)
      child.emit('printed')
    })
  }
  const output = () => chunks.join('')
  const ended = once(child, 'close').then(([code, signal]): Ending => ({ code, signal }))
  const isOver = ended.then(() => true)
  return {
    child,
    pid: child.pid as number,
    output,
    ended,
    async printed(pattern) {
      for (;;) {
        const found = pattern.exec(output())
        if (found !== null) return found
        const over = await Promise.race([isOver, once(child, 'printed').then(() => false)])
        if (over && !pattern.test(output())) {
          throw new Error(`node ${args.join(' ')} ended before it printed ${pattern}:\n${output()}`)
        }
      }
    },
    async memory() {
      const answered = once(child, 'message')
      child.send('memory')
      const [{ memory }] = await answered
      return memory as number
    },
    resident: () => residentBytes(child.pid as number),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}

function residentBytes(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
