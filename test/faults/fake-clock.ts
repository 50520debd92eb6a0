import { globSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment, Place } from './programs.ts'

/** A clock for programs, which can be set while they run. */
export interface FakeClock {
  /** To be added to the environment of every program that is to go by it. */
  readonly env: Environment
  /** So many seconds from the true time on; timers go on undisturbed, as they do when a clock is set. */
  set(seconds: number): void
  /** Milliseconds since the epoch. */
  now(): number
}

export function fakeClock({ dir }: Pick<Place, 'dir'>): FakeClock {
  const file = join(dir, 'clock')
  let offsetMs = 0
  const set = (seconds: number) => {
    offsetMs = seconds * 1000
    writeFileSync(`${file}.new`, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`)
    renameSync(`${file}.new`, file)
  }
  set(0)
  const env = {
    LD_PRELOAD: libfaketime(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    // Files keep the times that they have, whatever the clock is set to.
    NO_FAKE_STAT: '1',
  }
  return { env, set, now: () => Date.now() + offsetMs }
}

function libfaketime(): string {
  const [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1')
  if (library === undefined) throw new Error('npm run test:faults sets clocks: apt-get install faketime')
  return library
}
