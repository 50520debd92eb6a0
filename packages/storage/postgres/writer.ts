import { StorageError } from '../storage-error.ts'
import type { Writer } from '../store.ts'
import { commitBatch } from './commit/commit-batch.ts'
import { connect, DedicatedConnection, SETTINGS } from './connection.ts'
import { forget, resetTimes } from './device-records.ts'
import type { Durability } from './durability.ts'
import { assertDurable } from './durability.ts'
import { raiseFloorAfterRecovery, setReplayFloor } from './replay-floor.ts'
import type { Migration } from './schema.ts'
import { assertNotNewer, LOCKS, MIGRATIONS, migrate, schemaOf } from './schema.ts'
import type { Server } from './server.ts'

export interface PostgresWriter extends Writer {
  readonly acknowledged: Durability
  /** The replay floor, if it was raised because the server took over from another one. */
  readonly raisedFloor: number | null
}

export interface WriterOptions {
  /** `create` makes the tables in an empty database; `write` fails with `missing` if there are none. */
  readonly access: 'create' | 'write'
  /** Of a database without tables. */
  readonly newDatabaseFloor: number
  readonly migrations?: readonly Migration[]
  /** Without an answer for so long, the connection is destroyed. */
  readonly timeoutMs: number
}

const WRITER_SETTINGS = [
  ...SETTINGS,
  // A receiver that was cut off must not hold locks longer than this.
  "idle_in_transaction_session_timeout = '10s'",
  "lock_timeout = '5s'",
]

/** @throws StorageError; errors of the driver */
export async function openWriter(server: Server, options: WriterOptions): Promise<PostgresWriter> {
  const { access, newDatabaseFloor, migrations = MIGRATIONS, timeoutMs } = options
  await using opening = new AsyncDisposableStack()
  const knex = connect(server, { settings: WRITER_SETTINGS })
  opening.defer(() => knex.destroy())
  const connection = await DedicatedConnection.take(knex, server, timeoutMs)
  opening.defer(() => connection.release())

  const acknowledged = await assertDurable(connection, server)
  await connection.query(KEEP_SYNCHRONOUS)
  if (access === 'write' && (await schemaOf(connection, server)) === 0) {
    throw new StorageError('missing', `${server.name} has lost its tables`, {
      advice: 'restore them, or restart the receiver to create new ones',
    })
  }
  const raisedFloor = await connection.transaction(async () => {
    const version = await migrate(connection, server, migrations)
    if (version === 0) await setReplayFloor(connection, newDatabaseFloor)
    return raiseFloorAfterRecovery(connection, version === 0)
  })
  const resources = opening.move()

  const assertSchema = (version: number) => assertNotNewer(version, server, migrations.length)
  const inTransaction = <Result>(work: () => Promise<Result>) =>
    connection.transaction(async () => {
      assertSchema(await schemaOf(connection, server))
      return work()
    })
  const close = () => resources.disposeAsync()
  return {
    acknowledged,
    raisedFloor,
    commit: reports => commitBatch(reports, { connection, assertSchema }),
    probeWrite: () =>
      inTransaction(async () => {
        await connection.query(PROBE_SQL)
      }),
    prune: (beforeMs, limit) =>
      inTransaction(async () => {
        const [lock] = await connection.query<{ free: boolean }>(MAINTENANCE_SQL.lockRetention)
        if (!lock?.free) return 0 // another receiver is doing it
        const prune = async (text: string, count: number) =>
          (await connection.query({ text, values: [beforeMs, count] })).length
        const tenures = await prune(MAINTENANCE_SQL.pruneTenures, limit)
        return tenures + (await prune(MAINTENANCE_SQL.pruneOutages, limit - tenures))
      }),
    resetTimes: (device, now) => inTransaction(() => resetTimes(connection, device, now)),
    forget: device => inTransaction(() => forget(connection, device)),
    raiseFloor: floor =>
      inTransaction(async () => {
        await connection.query({ text: MAINTENANCE_SQL.raiseFloor, values: [floor] })
      }),
    async signOfLife(receiver, at) {
      await connection.query({ text: MAINTENANCE_SQL.signOfLife, values: [receiver, at] })
      await connection.query({ text: MAINTENANCE_SQL.forgetReceivers, values: [at - FORGOTTEN_AFTER_MS] })
    },
    isLost: () => connection.isLost,
    finish: close,
    abandon: close,
  }
}

/** A stronger setting (`remote_apply`) stays. */
const KEEP_SYNCHRONOUS = `
  SELECT set_config('synchronous_commit', 'on', false)
   WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`

export const MAINTENANCE_SQL = {
  lockRetention: `SELECT pg_try_advisory_xact_lock(${LOCKS.retention}) AS free`,
  // By place: with IN, the plan would join the whole table. These rows are never updated, so they keep their place.
  pruneTenures: `
    DELETE FROM closed_tenures
     WHERE ctid = ANY (ARRAY(SELECT ctid FROM closed_tenures WHERE last_seen < $1::bigint ORDER BY last_seen LIMIT $2))
    RETURNING id`,
  pruneOutages: `
    DELETE FROM outages
     WHERE ctid = ANY (ARRAY(SELECT ctid FROM outages WHERE ended < $1::bigint ORDER BY ended LIMIT $2))
    RETURNING slot`,
  raiseFloor: `UPDATE meta SET value = $1 WHERE name = 'replay-floor' AND value < $1::bigint`,
  signOfLife: `
    INSERT INTO receivers (name, alive_at) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET alive_at = excluded.alive_at`,
  forgetReceivers: 'DELETE FROM receivers WHERE alive_at < $1',
} as const

/** A container that is made again has another name. */
const FORGOTTEN_AFTER_MS = 86_400_000

/** Touches every table that a report with a new address does, and leaves a commit that has to reach the disk. */
const PROBE_SQL = `
  INSERT INTO open_tenures (id, address, first_seen, last_seen, confirmations, proof) VALUES (0, '', 0, 0, 0, '');
  DELETE FROM open_tenures WHERE id = 0;
  INSERT INTO closed_tenures (slot, address, first_seen, last_seen, confirmations, proof) VALUES (0, '', 0, 0, 0, '');
  DELETE FROM closed_tenures WHERE slot = 0;
  UPDATE meta SET value = value + 1 WHERE name = 'write-checks'`
