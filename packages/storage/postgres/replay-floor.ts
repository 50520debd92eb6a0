import type { DedicatedConnection } from './connection.ts'

/** Reports up to `floor` (ms) are refused from now on. */
export async function setReplayFloor(connection: DedicatedConnection, floor: number): Promise<void> {
  await connection.query({ text: `UPDATE meta SET value = $1 WHERE name = 'replay-floor'`, values: [floor] })
}

/**
 * A server that took over from another one, or was recovered to a moment in the past, may lack reports that were
 * acknowledged. Sent again, they must not count as new: the replay floor rises to now, by the server's clock.
 *
 * Such a server has begun another timeline, or is another system (a dump that was restored). Both can happen only before
 * a connection is made, because a server begins a timeline when its recovery ends and accepts writes only then. So each
 * connection calls this in a transaction before its first batch. The caller holds the lock of the schema.
 *
 * @returns the raised floor; null: the same server on the same timeline, or a new database
 */
export async function raiseFloorAfterRecovery(
  connection: DedicatedConnection,
  isNew: boolean,
): Promise<number | null> {
  // pg_control_checkpoint() would name the timeline of the last checkpoint, which may be the one before.
  const changed = await connection.query(`
    UPDATE meta SET value = here.value
      FROM (SELECT 'system' AS name, system_identifier AS value FROM pg_control_system()
             UNION ALL
            SELECT 'timeline', ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint) AS here
     WHERE meta.name = here.name AND meta.value <> here.value
    RETURNING meta.name`)
  if (changed.length === 0 || isNew) return null
  const [row] = await connection.query<{ floor: number }>(`
    UPDATE meta SET value = greatest(value, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
     WHERE name = 'replay-floor'
    RETURNING value::float8 AS floor`)
  return row?.floor ?? null
}
