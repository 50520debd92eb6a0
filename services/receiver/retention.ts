import type { Log } from '@ipupdater/runtime'
import type { Store } from '@ipupdater/storage'
import { pause, repeat } from './repeat.ts'

export interface RetentionOptions {
  readonly retentionMs: number
  readonly prune: Store['prune']
  readonly now: () => number
  readonly log: Log
  readonly pace?: Partial<Pace>
}

export interface Pace {
  /** Rows of one step. Updates wait for it, so a step takes a few milliseconds. */
  readonly rows: number
  readonly betweenStepsMs: number
  readonly betweenRoundsMs: number
}

const defaultPace: Pace = { rows: 200, betweenStepsMs: 100, betweenRoundsMs: 3_600_000 }

/** Deletes what ended longer ago than `retentionMs`, in small steps, until it is disposed. Disposing waits for its step. */
export function startRetention(options: RetentionOptions): AsyncDisposable {
  const pace = { ...defaultPace, ...options.pace }
  return repeat(stop => pruneAll(options, pace, stop), pace.betweenRoundsMs)
}

async function pruneAll(options: RetentionOptions, pace: Pace, stop: AbortSignal): Promise<void> {
  const { prune, retentionMs, now, log } = options
  const before = now() - retentionMs
  let total = 0
  try {
    while (!stop.aborted) {
      const deleted = await prune(before, pace.rows)
      total += deleted
      if (deleted < pace.rows) break
      await pause(pace.betweenStepsMs, stop)
    }
  } catch (error) {
    // A full disk or a busy database. The next round tries again, and refused updates report the cause.
    log.warn('retention postponed', { error })
  }
  if (total > 0)
    log.info('old entries deleted', { entries: total, endedBefore: new Date(before).toISOString() })
}
