import type { BenchContext } from './context.ts'

/** One or more lines of the table that are measured together. */
export interface Row {
  /** For `--only`. */
  name: string
  measure(context: BenchContext): Promise<Measurement[]>
}

export interface Measurement {
  what: string
  /** As printed, with unit. */
  ours: string
  yardstick: string
  /** The number to compare with the target, with its spread if there were rounds; null if not measured. */
  value: { median: number; low?: number; high?: number } | null
  target: Target
  /** What explains or supports the number, or why it is missing. */
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
