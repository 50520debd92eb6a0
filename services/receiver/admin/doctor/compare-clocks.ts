import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'

interface Clocks {
  /** Ours before the other was asked, ms. */
  readonly before: number
  readonly theirs: number
  /** Ours when it had answered, ms. */
  readonly after: number
  /** CLOCK_TOLERANCE: how far two receivers may differ, ms. */
  readonly toleranceMs: number
}

/**
 * The clock of the database is what receivers on several machines have in common: two that differ from it by half the
 * tolerance differ from each other by no more than the tolerance.
 */
export function compareClocks({ before, theirs, after, toleranceMs }: Clocks): Finding {
  const difference = (before + after) / 2 - theirs
  const uncertainty = (after - before) / 2
  const text = `this server's clock is ${Math.round(Math.abs(difference))} ms ${difference < 0 ? 'behind' : 'ahead of'} the database's (± ${Math.ceil(uncertainty)} ms)`
  if (Math.abs(difference) - uncertainty <= toleranceMs / 2) return ok('clocks', text)
  return wrong(
    'clocks',
    `${text}. Two receivers may differ by CLOCK_TOLERANCE, ${toleranceMs} ms, so each by half of it.`,
    'set both by NTP: timedatectl set-ntp true. Otherwise reports are refused as timestamp-ahead.',
  )
}
