import { durationText } from '@ipupdater/runtime'

/** What to say of a device's clock, by how far it was ahead of ours; null: it has not reported. */
export function clockText(skewMs: number | null): string {
  if (skewMs === null) return '-'
  if (Math.abs(skewMs) < tolerableSkewMs) return 'right'
  return `${durationText(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`
}

/** Clocks that differ by less are right for people. */
export const tolerableSkewMs = 60_000
