import type { Address } from '@ipupdater/protocol'
import type { TenureEntry } from '@ipupdater/storage'
import type { AddressChange, AddressChanged } from '../../event.ts'
import { eventId } from '../../event.ts'
import type { Announcements } from '../../outbox/announcements.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { Audience } from '../audience.ts'

/** How long an event stays open for the other family. */
const OTHER_FAMILY_MS = 20_000

/** The address that was announced last is not announced again: it is found again after a restore of an older database. */
export async function announceChange(
  { device, family, address, firstSeen }: Pick<TenureEntry, 'device' | 'family' | 'address' | 'firstSeen'>,
  previous: Address | null,
  audience: Audience,
  t: Announcements,
  now: number,
): Promise<void> {
  const announced = await t.addressOf(device, family)
  if (announced === address) return
  await t.setAddress(device, family, address)
  const change = { family, address, previous: announced ?? previous, firstSeen }
  const event = withChange(await t.openEvent(device), change) ?? {
    id: eventId('address.changed', device, family, firstSeen),
    type: 'address.changed',
    at: firstSeen,
    device,
    changes: [change],
  }
  await t.keepOpen(event, now + OTHER_FAMILY_MS)
  // What is published is not held back.
  for (const publisher of audience.publishers({ ...event, changes: [change] })) await t.put(event, publisher)
}

/** Null: there is no open event that lacks this family. */
function withChange(open: AddressChanged | null, change: AddressChange): AddressChanged | null {
  if (open === null || open.changes.some(({ family }) => family === change.family)) return null
  const changes = [...open.changes, change].sort((a, b) => a.family - b.family)
  return { ...open, changes }
}

/** Hands events over to the alert channels once they have waited for the other family. */
export async function releaseEvents(outbox: Outbox, audience: Audience, now: number): Promise<void> {
  await outbox.transaction(async t => {
    for (const event of await t.overdue(now)) {
      await t.release(event)
      for (const channel of audience.alerts(event)) await t.put(event, channel)
    }
  })
}
