import { BATCH_SQL } from './batch-sql.ts'
import { commitBatch } from './commit-batch.ts'
import { prepareDataDirectory } from './data-directory.ts'
import type { DatabaseFiles } from './database-files.ts'
import { identityOf } from './database-files.ts'
import type { CommitOutcome, EncodedUpdate } from './decide.ts'
import { holdConnection, prepareAll } from './held-connection.ts'
import { MAINTENANCE_SQL, REHEARSAL_SQL } from './maintenance-sql.ts'
import { leaveLoneFile, openDatabase } from './open-database.ts'
import { assertNotNewer } from './schema.ts'
import { StorageError } from './storage-error.ts'
import { prepareTransaction } from './transaction.ts'

/** One stretch of having the database open for writing. Its methods must not overlap. */
export interface Writer {
  commit(updates: readonly EncodedUpdate[]): Promise<CommitOutcome[]>
  /** Writes what an update would, and nothing that anyone sees. */
  rehearse(): Promise<void>
  prune(beforeMs: number, limit: number): Promise<number>
  /** To be called before a commit, and after it before its acknowledgement. @throws StorageError `missing` */
  assertInPlace(): Promise<void>
  /** On a full volume: gives the space of the WAL back, so that it does not take a restart. */
  reclaim(): Promise<void>
  /** Leaves a lone file behind where nobody else has it open: a `:ro` reader cannot make the side files it lacks. */
  finish(): Promise<void>
  /** Closes after a fault, as far as it goes. */
  abandon(): Promise<void>
}

export interface WriterOptions {
  readonly files: DatabaseFiles
  /** `create`: a database that is not there yet is made. `write`: it is missed, for it has been there. */
  readonly access: 'create' | 'write'
}

export async function openWriter({ files, access }: WriterOptions): Promise<Writer> {
  prepareDataDirectory(files)
  if (access === 'write' && identityOf(files.main) === null) throw missing(files)

  await using opening = new AsyncDisposableStack()
  const knex = await openDatabase(files, access)
  opening.defer(() => knex.destroy())
  const connection = await holdConnection(knex)
  opening.defer(() => connection.release())
  const transaction = await prepareTransaction(connection)
  // Even an empty one makes the side files, without which a `:ro` reader cannot read a database in WAL mode.
  await transaction(async () => {})
  const batch = await prepareAll(connection, BATCH_SQL)
  const schema = await connection.prepare(MAINTENANCE_SQL.schema)
  const pruneTenures = await connection.prepare(MAINTENANCE_SQL.pruneTenures)
  const pruneOutages = await connection.prepare(MAINTENANCE_SQL.pruneOutages)

  const assertSchema = async () => {
    const [row] = await schema.all<{ version: number }>()
    assertNotNewer(row?.version ?? 0, files)
  }
  const standing = () => [files.main, files.wal, files.shm].map(identityOf)
  const opened = standing()
  const isInPlace = () => standing().every((identity, index) => identity === opened[index])
  const resources = opening.move()

  return {
    commit: updates => commitBatch(updates, batch, transaction),
    async rehearse() {
      await transaction(async () => {
        await assertSchema()
        await connection.exec(REHEARSAL_SQL)
      })
    },
    prune(beforeMs, limit) {
      return transaction(async () => {
        await assertSchema()
        const tenures = await pruneTenures.all(beforeMs, limit)
        const outages = await pruneOutages.all(beforeMs, limit - tenures.length)
        return tenures.length + outages.length
      })
    },
    async assertInPlace() {
      if (isInPlace()) return
      // Only a side file is gone: what it held is still in our hands, and goes into the database.
      if (identityOf(files.main) === opened[0]) await connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      throw missing(files)
    },
    async reclaim() {
      await connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    },
    async finish() {
      await connection.release()
      if (isInPlace()) await leaveLoneFile(knex)
      await resources.disposeAsync()
    },
    abandon: () => resources.disposeAsync(),
  }
}

function missing({ main }: DatabaseFiles): StorageError {
  return new StorageError(
    'missing',
    `${main} (or a file beside it) was removed or replaced while it was open: put it back, or restart the receiver`,
  )
}
