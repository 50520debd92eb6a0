import { durationText } from '@ipupdater/runtime'
import type { Verified } from '@ipupdater/storage'

/** A device's clock, by how many ms it was ahead of ours; null: the device has not reported. */
export function clockText(skewMs: number | null): string {
  if (skewMs === null) return '-'
  if (Math.abs(skewMs) < tolerableSkewMs) return 'right'
  return `${durationText(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`
}

/** A smaller difference between two clocks is not worth mentioning. */
export const tolerableSkewMs = 60_000

/** "2 devices, 14 addresses, 1 outage" */
export function contentText({ devices, tenures, outages }: Verified): string {
  return [
    counted(devices, 'device'),
    counted(tenures, 'address', 'addresses'),
    counted(outages, 'outage'),
  ].join(', ')
}

/** "1 device", "2 devices" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
