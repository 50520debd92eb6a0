import type { Address, DeviceName } from '@ipupdater/protocol'
import type { TimeReset } from '../contract.ts'
import type { Prepared } from './connection.ts'

/* The two operations on all that is recorded about one device. The caller has begun a transaction. */

type Statements = Readonly<Record<keyof typeof DEVICE_SQL, Prepared>>

/** See `Store.resetTimes`. */
export async function resetTimes(
  statements: Statements,
  device: DeviceName,
  now: number,
): Promise<TimeReset | null> {
  const id = await idOf(statements, device)
  if (id === null) return null
  const addresses = await statements.addressesAfter.all<{
    address: Address
    firstSeen: number
    lastSeen: number
  }>([id, now])
  await statements.shortenOpen.run([id, now])
  const tenures = await statements.removeClosedAfter.all([id, now])
  await statements.shortenClosed.run([id, now])
  const outages = await statements.removeOutagesAfter.all([id, now])
  await statements.shortenOutages.run([id, now])
  await statements.lowerFloor.run([now])
  return { addresses, removed: tenures.length + outages.length }
}

/** See `Store.forget`. */
export async function forget(statements: Statements, device: DeviceName): Promise<boolean> {
  const id = await idOf(statements, device)
  if (id === null) return false
  for (const name of ['forgetOpen', 'forgetClosed', 'forgetOutages', 'forgetDevice'] as const) {
    await statements[name].run([id])
  }
  return true
}

async function idOf({ deviceId }: Statements, device: DeviceName): Promise<number | null> {
  const [row] = await deviceId.all<{ id: number }>([device])
  return row?.id ?? null
}

// A device's slots are its id × 10, with 4 or 6 added for a family (see `slotOf`).
export const DEVICE_SQL = {
  deviceId: 'SELECT id FROM devices WHERE name = ?1',
  addressesAfter: `
    SELECT address, first_seen AS firstSeen, last_seen AS lastSeen FROM open_tenures
     WHERE id IN (?1 * 10 + 4, ?1 * 10 + 6) AND last_seen > ?2 ORDER BY id`,
  shortenOpen: `
    UPDATE open_tenures
       SET first_seen = min(first_seen, ?2), last_seen = min(last_seen, ?2),
           previous_last_seen = min(previous_last_seen, ?2), flipped_at = min(flipped_at, ?2)
     WHERE id IN (?1 * 10 + 4, ?1 * 10 + 6)`,
  removeClosedAfter: `
    DELETE FROM closed_tenures WHERE slot IN (?1 * 10 + 4, ?1 * 10 + 6) AND first_seen >= ?2 RETURNING id`,
  shortenClosed: `
    UPDATE closed_tenures SET last_seen = ?2 WHERE slot IN (?1 * 10 + 4, ?1 * 10 + 6) AND last_seen > ?2`,
  removeOutagesAfter: 'DELETE FROM outages WHERE slot = ?1 * 10 AND began >= ?2 RETURNING slot',
  shortenOutages: 'UPDATE outages SET ended = ?2 WHERE slot = ?1 * 10 AND ended > ?2',
  lowerFloor: `UPDATE meta SET value = ?1 WHERE name = 'replay-floor' AND value > ?1`,
  forgetOpen: 'DELETE FROM open_tenures WHERE id IN (?1 * 10 + 4, ?1 * 10 + 6)',
  forgetClosed: 'DELETE FROM closed_tenures WHERE slot IN (?1 * 10 + 4, ?1 * 10 + 6)',
  forgetOutages: 'DELETE FROM outages WHERE slot = ?1 * 10',
  forgetDevice: 'DELETE FROM devices WHERE id = ?1',
} as const
