import { StorageError } from '../storage-error.ts'
import type { Writer } from '../store.ts'
import { commitBatch } from './commit/commit-batch.ts'
import { BATCH_SQL } from './commit/statements.ts'
import { dedicatedConnection, prepareAll, prepareTransaction } from './connection.ts'
import { DEVICE_SQL, forget, resetTimes } from './device-records.ts'
import type { DatabaseFiles } from './files.ts'
import { identityOf, prepareDataDirectory } from './files.ts'
import type { OpenDatabaseOptions } from './open-database.ts'
import { leaveLoneFile, lockDataDirectory, openDatabase } from './open-database.ts'
import { assertNotNewer, SCHEMA_VERSION } from './schema.ts'
import { touchSignOfLife } from './sign-of-life.ts'

/** See `Writer`; `finish` leaves a lone file unless someone else has it open: a `:ro` reader cannot make side files. */
export interface SqliteWriter extends Writer {
  /** To be called before a commit, and again between the commit and its acknowledgement. @throws StorageError `missing` */
  assertInPlace(): Promise<void>
  /** On a full volume: gives the space of the WAL back, so that no restart is needed for that. */
  reclaim(): Promise<void>
}

/** `access`: `create` makes a database that does not exist yet; `write` fails with `missing` if there is none. */
export async function openWriter(files: DatabaseFiles, options: OpenDatabaseOptions): Promise<SqliteWriter> {
  prepareDataDirectory(files)
  if (options.access === 'write' && identityOf(files.main) === null) throw missing(files)

  await using opening = new AsyncDisposableStack()
  if (options.reserve) opening.use(await lockDataDirectory(files.dir))
  const knex = await openDatabase(files, options)
  opening.defer(() => knex.destroy())
  const connection = await dedicatedConnection(knex)
  opening.defer(() => connection.release())
  const transaction = await prepareTransaction(connection)
  // Even an empty one makes the side files, without which a `:ro` reader cannot read a database in WAL mode.
  await transaction(async () => {})
  const statements = await prepareAll(connection, BATCH_SQL)
  const maintenance = await prepareAll(connection, { ...MAINTENANCE_SQL, ...DEVICE_SQL })

  const newest = options.migrations?.length ?? SCHEMA_VERSION
  const assertSchema = (version: number) => assertNotNewer(version, files, newest)
  const assertCurrentSchema = async () => {
    const [row] = await maintenance.schema.all<{ version: number }>()
    assertSchema(row?.version ?? 0)
  }
  const identities = () => [files.main, files.wal, files.shm].map(identityOf)
  const opened = identities()
  const isInPlace = () => identities().every((identity, index) => identity === opened[index])
  const resources = opening.move()

  return {
    commit: reports => commitBatch(reports, { statements, transaction, assertSchema }),
    probeWrite: () =>
      transaction(async () => {
        await assertCurrentSchema()
        await connection.exec(PROBE_SQL)
      }),
    prune: (beforeMs, limit) =>
      transaction(async () => {
        await assertCurrentSchema()
        const tenures = await maintenance.pruneTenures.all([beforeMs, limit])
        const outages = await maintenance.pruneOutages.all([beforeMs, limit - tenures.length])
        return tenures.length + outages.length
      }),
    resetTimes: (device, now) =>
      transaction(async () => {
        await assertCurrentSchema()
        return resetTimes(maintenance, device, now)
      }),
    forget: device =>
      transaction(async () => {
        await assertCurrentSchema()
        return forget(maintenance, device)
      }),
    raiseFloor: floor =>
      transaction(async () => {
        await assertCurrentSchema()
        await maintenance.raiseFloor.run([floor])
      }),
    signOfLife: async (_receiver, at) => touchSignOfLife(files, at),
    async assertInPlace() {
      if (isInPlace()) return
      // If only a side file is gone, this connection still has its content, and writes that into the database.
      if (identityOf(files.main) === opened[0]) await connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      throw missing(files)
    },
    reclaim: () => connection.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    async finish() {
      await connection.release()
      if (isInPlace()) await leaveLoneFile(knex)
      await resources.disposeAsync()
    },
    abandon: () => resources.disposeAsync(),
  }
}

export const MAINTENANCE_SQL = {
  schema: 'SELECT user_version AS version FROM pragma_user_version',
  raiseFloor: `UPDATE meta SET value = ?1 WHERE name = 'replay-floor' AND value < ?1`,
  pruneTenures: `
    DELETE FROM closed_tenures
     WHERE id IN (SELECT id FROM closed_tenures WHERE last_seen < ?1 ORDER BY last_seen LIMIT ?2)
    RETURNING id`,
  pruneOutages: `
    DELETE FROM outages
     WHERE (slot, began) IN (SELECT slot, began FROM outages WHERE ended < ?1 ORDER BY ended LIMIT ?2)
    RETURNING slot`,
} as const

/** Touches every table that a report with a new address does: a full volume may still have room for less. */
const PROBE_SQL = `
  INSERT INTO open_tenures (id, address, first_seen, last_seen, confirmations, proof) VALUES (0, '', 0, 0, 0, '');
  DELETE FROM open_tenures WHERE id = 0;
  INSERT INTO closed_tenures (slot, address, first_seen, last_seen, confirmations, proof) VALUES (0, '', 0, 0, 0, '');
  DELETE FROM closed_tenures WHERE slot = 0;
  UPDATE meta SET value = value + 1 WHERE name = 'write-checks'`

function missing({ main }: DatabaseFiles): StorageError {
  return new StorageError(
    'missing',
    `${main} (or a file next to it) was removed or replaced while it was open`,
    { advice: 'put it back, or restart the receiver' },
  )
}
