import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { percentile } from './honest-devices.ts'

/** A separate process that abuses a server between `begin` and `end`. */
export interface Abuse {
  begin(): Promise<void>
  /** What it has done since the beginning, counted. */
  end(): Promise<Readonly<Record<string, number>>>
}

/** `script` receives 'begin' and 'end', and answers each when it is done; the answer to 'end' has its counts. */
export function startAbuse(t: TestContext, script: string, port: number): Abuse {
  const child = fork(join(import.meta.dirname, script), [String(port)])
  t.after(() => child.kill('SIGKILL'))
  return { begin: () => requestOf(child, 'begin'), end: () => requestOf(child, 'end') }
}

export interface Pace {
  /** p99 in milliseconds, the median of the rounds. */
  readonly quiet: number
  readonly abused: number
  /** Sums of what the abuse has counted. */
  readonly abuse: Readonly<Record<string, number>>
}

/** Measures rounds of honest requests, one in quiet and one under abuse in turn, so that both have the same weather. */
export async function comparePace(
  t: TestContext,
  abuse: Abuse,
  round: () => Promise<readonly number[]>,
): Promise<Pace> {
  const p99 = async () => percentile(await round(), 0.99)
  await p99() // while everything is compiled
  let pace = await compareOnce(t, abuse, p99)
  // What else this machine does passes, and a server that suffers does not.
  for (let again = 0; again < 2 && !isUnharmed(pace); again++) pace = await compareOnce(t, abuse, p99)
  return pace
}

/** Under twice the quiet value; or so fast that the difference is noise on a machine with two processors. */
export function isUnharmed({ quiet, abused }: Pace): boolean {
  return abused < Math.max(2 * quiet, FLOOR_MS)
}

// One read of 64 KiB in chunks of a byte, which Node parses in one go, is 10 to 20 ms already.
const FLOOR_MS = 20

/** For the counts. */
export function inTenths(ms: number): number {
  return Math.round(ms * 10) / 10
}

async function compareOnce(t: TestContext, abuse: Abuse, p99: () => Promise<number>): Promise<Pace> {
  const [quiet, abused]: [number[], number[]] = [[], []]
  const sums: Record<string, number> = {}
  for (let turn = 0; turn < ROUNDS; turn++) {
    quiet.push(await p99())
    await abuse.begin()
    abused.push(await p99())
    for (const [what, count] of Object.entries(await abuse.end())) sums[what] = (sums[what] ?? 0) + count
  }
  t.diagnostic(`p99 in ms by round, quiet: ${quiet.map(Math.round)}; abused: ${abused.map(Math.round)}`)
  return { quiet: percentile(quiet, 0.5), abused: percentile(abused, 0.5), abuse: sums }
}

async function requestOf<T>(child: ChildProcess, what: 'begin' | 'end'): Promise<T> {
  const answered = once(child, 'message')
  child.send(what)
  const [answer] = await answered
  return answer
}

const ROUNDS = 7
