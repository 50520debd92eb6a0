import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const root = join(import.meta.dirname, '..')

/** A program under test, in its own process. Disposing stops it and waits for its exit. */
export interface Program extends AsyncDisposable {
  readonly pid: number
  readonly port: number
  /** From process start to the first 200. */
  readonly readyMs: number
  /** CPU time used so far by all threads. */
  cpuSeconds(): number
  memory(): Memory
}

/** In bytes, from /proc/PID/smaps_rollup. */
export interface Memory {
  resident: number
  /** Not shared with any other process. */
  private: number
}

export interface StartOptions {
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  /** Answers 200 once the program is ready. */
  readyPath?: string
  readyWithinMs?: number
}

/** Starts `node ARGS` on a free loopback port. Resolves when it is ready. */
export async function startServer(options: StartOptions): Promise<Program> {
  const { args, env = {}, readyPath = '/', readyWithinMs = 60_000 } = options
  const port = await freePort()
  const began = performance.now()
  const child = spawnNode(args, { HOST: '127.0.0.1', PORT: String(port), ...env })
  try {
    while (!(await answersOk(port, readyPath))) {
      if (child.exitCode !== null)
        throw new Error(`node ${args.join(' ')} exited with code ${child.exitCode}`)
      if (performance.now() - began > readyWithinMs)
        throw new Error(`node ${args.join(' ')} did not become ready`)
      await sleep(1)
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  return { ...programOf(child), port, readyMs: performance.now() - began }
}

/** Starts `node ARGS`, without a port. */
export function startProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Omit<Program, 'port' | 'readyMs'> {
  return programOf(spawnNode(args, env))
}

function spawnNode(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  // The programs must not inherit the caller's settings.
  return spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function programOf(child: ChildProcess): Omit<Program, 'port' | 'readyMs'> {
  const pid = child.pid as number
  return {
    pid,
    cpuSeconds: () => cpuSecondsOf(pid),
    memory: () => memoryOf(pid),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** proc(5): utime and stime are fields 14 and 15 of stat; the name before them may contain spaces. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const bytes = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1])
  return { resident: bytes('Rss'), private: bytes('Private_Clean') + bytes('Private_Dirty') }
}

// sysconf(_SC_CLK_TCK); 100 on every Linux that Node runs on.
const TICKS_PER_SECOND = 100

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function answersOk(port: number, path: string): Promise<boolean> {
  return new Promise(resolve => {
    request({ port, path, host: '127.0.0.1', agent: false }, response => {
      response.resume()
      resolve(response.statusCode === 200)
    })
      .on('error', () => resolve(false))
      .end()
  })
}
