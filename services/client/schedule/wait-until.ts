import type { Sleep } from '../context.ts'

export interface Clocks {
  /** The wall clock, in milliseconds since the epoch. People and NTP set it, and it runs during suspend. */
  now: () => number
  /** Milliseconds that this machine has been awake. */
  awake: () => number
  sleep: Sleep
}

/**
 * Resolves when `due` has come, when the clock was set or the machine was suspended ("clock-jumped": it may be in
 * another network now), or when the signal aborts. Never rejects.
 */
export async function waitUntil(
  due: number,
  { now, awake, sleep }: Clocks,
  signal: AbortSignal,
): Promise<'due' | 'clock-jumped' | 'aborted'> {
  const offsetMs = now() - awake()
  while (!signal.aborted) {
    const leftMs = due - now()
    if (leftMs <= 0) return 'due'
    if (Math.abs(now() - awake() - offsetMs) > JUMP_MS) return 'clock-jumped'
    // A timer stops during suspend. Short ones notice soon after the machine wakes.
    await sleep(Math.min(leftMs, CHECK_EVERY_MS), signal)
  }
  return 'aborted'
}

const CHECK_EVERY_MS = 15_000

// More than NTP corrects gradually, or a busy machine sleeps too long.
const JUMP_MS = 5_000
