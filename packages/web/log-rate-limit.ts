/**
 * Limits the log lines of each kind, and among them those of one source, so that a flood from one source does not
 * hide what happens to others. Called before a line is written. Returns null if the line must not be written,
 * otherwise how many lines of this kind were suppressed in the period before.
 */
export type LogRateLimit = (kind: string, source?: string) => number | null

export interface LogRateLimitOptions {
  readonly lines: number
  readonly linesPerSource: number
  readonly periodMs: number
  readonly now: () => number
}

export function createLogRateLimit(options: LogRateLimitOptions): LogRateLimit {
  const periods = new Map<string, Period>()
  return (kind, source) => {
    const last = periods.get(kind)
    const startedAt = options.now()
    if (last !== undefined && startedAt - last.startedAt < options.periodMs)
      return consume(last, source, options) ? 0 : null
    const next: Period = { startedAt, written: 0, suppressed: 0, bySource: new Map() }
    periods.set(kind, next)
    consume(next, source, options)
    return last?.suppressed ?? 0
  }
}

interface Period {
  readonly startedAt: number
  written: number
  suppressed: number
  /** Only of sources with a written line, so a flood from many sources does not fill the memory. */
  readonly bySource: Map<string, number>
}

function consume(
  period: Period,
  source: string | undefined,
  { lines, linesPerSource }: LogRateLimitOptions,
): boolean {
  const own = source === undefined ? 0 : (period.bySource.get(source) ?? 0)
  if (period.written >= lines || own >= linesPerSource) {
    period.suppressed += 1
    return false
  }
  period.written += 1
  if (source !== undefined) period.bySource.set(source, own + 1)
  return true
}
