import { once } from 'node:events'
import { secretOf } from './house.ts'
import type { Environment, Program } from './programs.ts'
import { startClient } from './programs.ts'

export interface Home {
  readonly server: string
  readonly device: string
  /** The command that puts the client into another network. */
  readonly through?: readonly string[]
  /** Settings beyond those. */
  readonly settings?: Environment
}

/** A line of `ipupdater update --json`. */
export interface Verdict {
  readonly family: 4 | 6
  readonly outcome: 'done' | 'waiting' | 'failed' | 'absent'
  readonly code?: string
  readonly message?: string
  readonly result?: 'new' | 'refreshed'
  readonly address?: string
  readonly firstSeen?: number
  readonly lastSeen?: number
  readonly clockSkewMs?: number
}

export interface Report {
  readonly exit: number | null
  readonly verdicts: readonly Verdict[]
  /** The verdict of success; undefined: the client claims none. */
  readonly done: Verdict | undefined
  /** The codes of what went wrong on the way, in their order. */
  readonly troubles: readonly string[]
}

/** `ipupdater update --json`, once, which goes on trying for so long. */
export async function reportOnce(home: Home, retryFor = '0s'): Promise<Report> {
  const client = startClient(
    ['update', '--json', '--retry-for', retryFor],
    settingsOf(home),
    home.through ?? [],
  )
  const { code } = await client.ended
  const verdicts = jsonLines<Verdict>(client.output())
  return {
    exit: code,
    verdicts,
    done: verdicts.find(({ outcome }) => outcome === 'done'),
    troubles: verdicts.flatMap(verdict => verdict.code ?? []),
  }
}

/** A line of the log of `ipupdater run`. With an address it claims a success, with a code it tells of trouble. */
export interface LogLine {
  readonly level: string
  readonly message: string
  readonly family?: 'IPv4' | 'IPv6'
  readonly address?: string
  readonly code?: string
  readonly advice?: string
  readonly clockSkewMs?: number
}

/** `ipupdater run`, which logs every report. */
export interface Reporting extends AsyncDisposable {
  readonly program: Program
  lines(): LogLine[]
  /** The first line from number `from` on that is such a one, once there is. */
  line(from: number, isSought: (line: LogLine) => boolean): Promise<LogLine>
  /** The exit code of `ipupdater health`. */
  health(): Promise<number | null>
}

export const isSuccess = (line: LogLine): boolean => line.address !== undefined
export const isTrouble = (line: LogLine): boolean => line.code !== undefined && line.family === 'IPv4'

export function reportOnSchedule(home: Home, schedule: string, statusFile: string): Reporting {
  const settings = {
    ...settingsOf(home),
    SCHEDULE: schedule,
    STATUS_FILE: statusFile,
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'json',
  }
  const program = startClient(['run'], settings, home.through ?? [])
  const lines = () => jsonLines<LogLine>(program.output())
  return {
    program,
    lines,
    async line(from, isSought) {
      for (;;) {
        const found = lines().slice(from).find(isSought)
        if (found !== undefined) return found
        await Promise.race([
          once(program.child, 'printed'),
          program.ended.then(() => Promise.reject(new Error(`run has ended:\n${program.output()}`))),
        ])
      }
    },
    async health() {
      const { code } = await startClient(['health'], settings).ended
      return code
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  }
}

function settingsOf({ server, device, settings = {} }: Home): Environment {
  return { SERVER_URL: server, DEVICE: device, SECRET: secretOf(device), ...settings }
}

/** The whole lines of this that are JSON objects. */
function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap(line => (line.startsWith('{') ? [JSON.parse(line) as T] : []))
}
