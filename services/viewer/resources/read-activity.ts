import type { DeviceName } from '@ipupdater/protocol'
import type { HistoryEntry, Reader } from '@ipupdater/storage'
import type { Activity } from '../device/activity.ts'
import { activityOf } from '../device/activity.ts'

/** More than a drawing can show. Only a device with two senders has so many entries. */
const MAX_PAGES = 5

/** What happened to the device since `from`. Of very much, the newest part. */
export async function readActivity(
  reader: Reader,
  device: DeviceName,
  from: number,
  hasSchedule: boolean,
): Promise<Activity> {
  const entries: HistoryEntry[] = []
  let query = { device, from, limit: 1_000 }
  let isAll = false
  for (let pages = 0; !isAll && pages < MAX_PAGES; pages++) {
    const page = await reader.history(query)
    entries.push(...(page?.entries ?? []))
    if (page === null || page.next === null) isAll = true
    else query = { ...query, ...{ before: page.next } }
  }
  return activityOf(entries, hasSchedule, isAll)
}
