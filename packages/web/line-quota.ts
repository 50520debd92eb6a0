/**
 * So many lines of a kind in a stretch of time. Asked before a line is written, it answers with null (do not),
 * or with how many of the kind went unwritten in the stretch before.
 */
export type LineQuota = (kind: string) => number | null

export function createLineQuota(o: { lines: number; everyMs: number; now: () => number }): LineQuota {
  const stretches = new Map<string, { began: number; asked: number }>()
  return kind => {
    const now = o.now()
    const stretch = stretches.get(kind)
    if (stretch === undefined || now - stretch.began >= o.everyMs) {
      stretches.set(kind, { began: now, asked: 1 })
      return Math.max(0, (stretch?.asked ?? 0) - o.lines)
    }
    stretch.asked += 1
    return stretch.asked > o.lines ? null : 0
  }
}
