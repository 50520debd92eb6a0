import type { Address } from '@ipupdater/protocol'
import type { Reader, TenureEntry } from '@ipupdater/storage'
import { isContested } from '@ipupdater/storage'
import type { DeviceContested } from '../../event.ts'
import { eventId } from '../../event.ts'
import type { Announcements } from '../../outbox/announcements.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { Audience } from '../audience.ts'
import { announceChange } from './announce-change.ts'

/** At most one message an hour. */
const HOUR_MS = 3_600_000

/** Whether the address came back to the one before within the hour (A, B, A). `before`: newest first. */
export function isFlip({ address, firstSeen }: TenureEntry, before: readonly TenureEntry[]): boolean {
  const [, first] = before
  return first !== undefined && first.address === address && isContested(first.lastSeen, firstSeen)
}

/**
 * Announces a contest at once, and then at most once an hour instead of each change. `announcedAt`: the time of the
 * last announcement; null: it is new.
 */
export async function announceContest(
  { device, family, address, firstSeen }: TenureEntry,
  previous: Address | null,
  announcedAt: number | null,
  audience: Audience,
  t: Announcements,
): Promise<void> {
  if (announcedAt !== null && firstSeen - announcedAt < HOUR_MS) return
  const event: DeviceContested = {
    id: eventId('device.contested', device, family, firstSeen),
    type: 'device.contested',
    at: firstSeen,
    device,
    family,
    address,
    previous,
  }
  await t.setContest(device, family, firstSeen)
  if (await t.add(event)) for (const channel of audience.alerts(event)) await t.put(event, channel)
}

/** Announces the address that a contest ended with, if it is not the one announced last. */
export async function endContests(
  reader: Pick<Reader, 'currentOf'>,
  outbox: Outbox,
  audience: Audience,
  now: number,
): Promise<void> {
  for (const { device, family } of await outbox.transaction(t => t.contests(now - HOUR_MS))) {
    const [current] = (await reader.currentOf(device, family)) ?? []
    if (current !== undefined && isContested(current.flippedAt, now)) continue
    await outbox.transaction(async t => {
      await t.endContest(device, family)
      if (current !== undefined) await announceChange(current, null, audience, t, now)
    })
  }
}
