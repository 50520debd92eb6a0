import type { BenchContext } from './context.ts'

/** One line of the table, or a few that are measured together. */
export interface Row {
  /** For `--only`. */
  name: string
  measure(context: BenchContext): Promise<Measurement[]>
}

export interface Measurement {
  what: string
  /** With unit, as printed. */
  ours: string
  yardstick: string
  /** The number that the target is about, with its spread where there were rounds; null: not measured here. */
  value: { median: number; low?: number; high?: number } | null
  target: Target
  /** What a reader needs to trust or understand the number; why there is none, if there is none. */
  notes: string[]
}

export interface Target {
  kind: 'at least' | 'at most'
  limit: number
  unit: string
}

export function atLeast(limit: number, unit = '×'): Target {
  return { kind: 'at least', limit, unit }
}

export function atMost(limit: number, unit = '×'): Target {
  return { kind: 'at most', limit, unit }
}

export function isMet({ value, target }: Measurement): boolean | null {
  if (value === null) return null
  return target.kind === 'at least' ? value.median >= target.limit : value.median <= target.limit
}
