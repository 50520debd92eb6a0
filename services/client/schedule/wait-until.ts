import type { Sleep } from '../context.ts'

export interface Clocks {
  /** The wall clock, in milliseconds since the epoch: set by people and NTP, and goes on while suspended. */
  now: () => number
  /** Milliseconds that this machine has been awake. */
  awake: () => number
  sleep: Sleep
}

/**
 * Resolves when `due` has come, when the clock was set or the machine has slept meanwhile ("clock-jumped": the
 * network may be another one now), or when the signal aborts. Never throws.
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
    // A timer stands still while the machine sleeps: short ones notice soon after it wakes.
    await sleep(Math.min(leftMs, LOOK_EVERY_MS), signal)
  }
  return 'aborted'
}

const LOOK_EVERY_MS = 15_000

// More than what NTP slews away or a busy machine oversleeps.
const JUMP_MS = 5_000
