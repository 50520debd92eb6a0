import type { DeviceName } from '@ipupdater/protocol'
import type { TimeReset } from '../contract.ts'
import type { DedicatedConnection } from './connection.ts'

/* The two operations on all that is recorded about one device. The caller has begun a transaction. */

/** See `Store.resetTimes`. */
export async function resetTimes(
  connection: DedicatedConnection,
  device: DeviceName,
  now: number,
): Promise<TimeReset | null> {
  const id = await lock(connection, device)
  if (id === null) return null
  const run = <Row extends object>(text: string) => connection.query<Row>({ text, values: [id, now] })
  const addresses = await run<TimeReset['addresses'][number]>(DEVICE_SQL.addressesAfter)
  await run(DEVICE_SQL.shortenOpen)
  const tenures = await run(DEVICE_SQL.removeClosedAfter)
  await run(DEVICE_SQL.shortenClosed)
  const outages = await run(DEVICE_SQL.removeOutagesAfter)
  await run(DEVICE_SQL.shortenOutages)
  await connection.query({ text: DEVICE_SQL.lowerFloor, values: [now] })
  return { addresses, removed: tenures.length + outages.length }
}

/** See `Store.forget`. */
export async function forget(connection: DedicatedConnection, device: DeviceName): Promise<boolean> {
  const id = await lock(connection, device)
  if (id === null) return false
  for (const name of ['forgetOpen', 'forgetClosed', 'forgetOutages', 'forgetDevice'] as const) {
    await connection.query({ text: DEVICE_SQL[name], values: [id] })
  }
  return true
}

/** A batch locks the device's row as well, so its other rows do not change meanwhile. */
async function lock(connection: DedicatedConnection, device: DeviceName): Promise<string | null> {
  const [row] = await connection.query<{ id: string }>({ text: DEVICE_SQL.lockDevice, values: [device] })
  return row?.id ?? null
}

// A device's slots are its id × 10, with 4 or 6 added for a family (see `slotOf`).
export const DEVICE_SQL = {
  lockDevice: 'SELECT id FROM devices WHERE name = $1 FOR UPDATE',
  addressesAfter: `
    SELECT address, first_seen::float8 AS "firstSeen", last_seen::float8 AS "lastSeen" FROM open_tenures
     WHERE id IN ($1::bigint * 10 + 4, $1::bigint * 10 + 6) AND last_seen > $2::bigint ORDER BY id`,
  shortenOpen: `
    UPDATE open_tenures
       SET first_seen = least(first_seen, $2::bigint), last_seen = least(last_seen, $2::bigint),
           previous_last_seen = CASE WHEN previous_last_seen > $2::bigint THEN $2::bigint ELSE previous_last_seen END,
           flipped_at = CASE WHEN flipped_at > $2::bigint THEN $2::bigint ELSE flipped_at END
     WHERE id IN ($1::bigint * 10 + 4, $1::bigint * 10 + 6)`,
  removeClosedAfter: `
    DELETE FROM closed_tenures
     WHERE slot IN ($1::bigint * 10 + 4, $1::bigint * 10 + 6) AND first_seen >= $2::bigint RETURNING id`,
  shortenClosed: `
    UPDATE closed_tenures SET last_seen = $2::bigint
     WHERE slot IN ($1::bigint * 10 + 4, $1::bigint * 10 + 6) AND last_seen > $2::bigint`,
  removeOutagesAfter: `
    DELETE FROM outages WHERE slot = $1::bigint * 10 AND began >= $2::bigint RETURNING slot`,
  shortenOutages: `
    UPDATE outages SET ended = $2::bigint WHERE slot = $1::bigint * 10 AND ended > $2::bigint`,
  lowerFloor: `UPDATE meta SET value = $1::bigint WHERE name = 'replay-floor' AND value > $1::bigint`,
  forgetOpen: 'DELETE FROM open_tenures WHERE id IN ($1::bigint * 10 + 4, $1::bigint * 10 + 6)',
  forgetClosed: 'DELETE FROM closed_tenures WHERE slot IN ($1::bigint * 10 + 4, $1::bigint * 10 + 6)',
  forgetOutages: 'DELETE FROM outages WHERE slot = $1::bigint * 10',
  forgetDevice: 'DELETE FROM devices WHERE id = $1::bigint',
} as const
