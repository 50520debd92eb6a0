/**
 * So many lines of a kind in a stretch of time, and of these only so many for one source: a flood from one must
 * not hide what befalls another. Asked before a line is written, it answers with null (do not), or with how many
 * of the kind went unwritten in the stretch before.
 */
export type LineQuota = (kind: string, source?: string) => number | null

export interface LineQuotaOptions {
  readonly lines: number
  readonly linesPerSource: number
  readonly everyMs: number
  readonly now: () => number
}

export function createLineQuota(options: LineQuotaOptions): LineQuota {
  const stretches = new Map<string, Stretch>()
  return (kind, source) => {
    const last = stretches.get(kind)
    const began = options.now()
    if (last !== undefined && began - last.began < options.everyMs)
      return take(last, source, options) ? 0 : null
    const next: Stretch = { began, written: 0, unwritten: 0, bySource: new Map() }
    stretches.set(kind, next)
    take(next, source, options)
    return last?.unwritten ?? 0
  }
}

interface Stretch {
  readonly began: number
  written: number
  unwritten: number
  /** Of those who have had a line: no more than there are lines, however many sources a flood has. */
  readonly bySource: Map<string, number>
}

function take(
  stretch: Stretch,
  source: string | undefined,
  { lines, linesPerSource }: LineQuotaOptions,
): boolean {
  const own = source === undefined ? 0 : (stretch.bySource.get(source) ?? 0)
  if (stretch.written >= lines || own >= linesPerSource) {
    stretch.unwritten += 1
    return false
  }
  stretch.written += 1
  if (source !== undefined) stretch.bySource.set(source, own + 1)
  return true
}
