import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Load } from './load.ts'
import { startLoad } from './load.ts'
import type { Program } from './program.ts'
import { root, startServer } from './program.ts'
import type { Seeded } from './seed.ts'
import { seed } from './seed.ts'

/** What all rows share: directories, programs, the load generator and the effort. */
export interface BenchContext extends AsyncDisposable {
  readonly effort: Effort
  readonly load: Load
  /** A new empty directory. */
  directory(name: string): string
  /** A database and a registry with that many devices, ten tenures each. Made once per run. */
  seeded(devices: number): Promise<Seeded>
  receiver(
    directories: Pick<Seeded, 'dataDir' | 'keysDir'>,
    settings?: Readonly<Record<string, string>>,
  ): Promise<Program>
  viewer(seeded: Seeded): Promise<Program>
  /** `file`: served at /bytes. */
  bareKoa(file?: string): Promise<Program>
  say(line: string): void
}

export interface Effort {
  rounds: number
  /** Per side and round. */
  seconds: number
  devices: { few: number; many: number }
  held: { perSecond: number; seconds: number }
}

export const FULL: Effort = {
  rounds: 7,
  seconds: 2,
  devices: { few: 1_000, many: 1_000_000 },
  held: { perSecond: 3_334, seconds: 60 },
}

export const QUICK: Effort = {
  rounds: 3,
  seconds: 1,
  devices: { few: 1_000, many: 100_000 },
  held: { perSecond: 3_334, seconds: 10 },
}

/** `keep`: a directory where the seeded databases stay for the next run. */
export function openContext(effort: Effort, keep?: string): BenchContext {
  execFileSync('npm', ['run', '--silent', 'build:server'], { cwd: root, stdio: 'inherit' })
  const temporary = mkdtempSync(join(tmpdir(), 'ipupdater-bench-'))
  const seeds = new Map<number, Promise<Seeded>>()
  const load = startLoad()
  const say = (line: string) => process.stderr.write(`${line}\n`)
  return {
    effort,
    load,
    say,
    directory(name) {
      return mkdtempSync(join(temporary, `${name}-`))
    },
    seeded(devices) {
      const made =
        seeds.get(devices) ?? seed(makeDirectory(join(keep ?? temporary, `devices-${devices}`)), devices, say)
      seeds.set(devices, made)
      return made
    },
    receiver: ({ dataDir, keysDir }, settings) =>
      startServer({
        args: [join(root, 'dist/receiver.cjs')],
        env: { DATA_DIR: dataDir, KEYS_DIR: keysDir, ...RECEIVER_SETTINGS, ...settings },
        readyPath: '/readyz',
      }),
    viewer: ({ dataDir }) =>
      startServer({
        args: [join(root, 'dist/viewer.cjs')],
        env: { DATA_DIR: dataDir, ...VIEWER_SETTINGS },
        readyPath: '/readyz',
      }),
    bareKoa: file =>
      startServer({
        args: [join(root, 'bench/yardsticks/bare-koa.mjs'), ...(file === undefined ? [] : [file])],
      }),
    async [Symbol.asyncDispose]() {
      await load[Symbol.asyncDispose]()
      rmSync(temporary, { recursive: true })
    },
  }
}

function makeDirectory(path: string): string {
  mkdirSync(path, { recursive: true })
  return path
}

/** All devices are on loopback. The rate limits still count, but are too high to refuse. */
const RECEIVER_SETTINGS = {
  ALLOW_PRIVATE_ADDRESSES: 'true',
  LOG_LEVEL: 'warn',
  RATE_LIMIT_PREFIX: '1000000',
  RATE_LIMIT_DEVICE: '1000000',
}
const VIEWER_SETTINGS = { LOG_LEVEL: 'warn' }
