import type { Store, StoreOptions } from '../contract.ts'
import type { WriterSource } from '../store.ts'
import { openStoreOn } from '../store.ts'
import { copyAside } from './backup/backup.ts'
import { storageFault } from './faults.ts'
import { filesOf } from './files.ts'
import type { Migration } from './schema.ts'
import { MIGRATIONS } from './schema.ts'
import type { SqliteWriter } from './writer.ts'
import { openWriter } from './writer.ts'

/**
 * Opens or creates the database, migrates it and makes it readable for `:ro` readers.
 *
 * @param migrations for tests: the schema's steps, in order
 * @throws StorageError
 */
export async function openSqliteStore(
  file: string,
  options: StoreOptions = {},
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<Store> {
  return openStoreOn(writersOf(file, options, migrations), options)
}

function writersOf(
  file: string,
  { newDatabaseFloor = 0, reserve = false, log }: StoreOptions,
  migrations: readonly Migration[],
): WriterSource<SqliteWriter> {
  const files = filesOf(file)
  return {
    faultOf: error => storageFault(error, files),
    async open(access) {
      const writer = await openWriter(files, {
        access,
        reserve,
        migrations,
        newDatabaseFloor,
        beforeMigration: async (knex, version) => {
          const copy = `${files.main}.schema-${version}`
          await copyAside(knex, files.main, copy)
          log?.info('backup made before the migration', { file: copy, from: version, to: migrations.length })
        },
      })
      log?.info('database open', { file: files.main })
      return writer
    },
    async use(writer, work) {
      // Checked before the work and after it, so that nothing is written to a file that is no longer in place.
      await writer.assertInPlace()
      const result = await tryOrReclaim(writer, work)
      await writer.assertInPlace()
      return result
    },
  }

  /** On a full volume, tries again with the space that the WAL held: the first try left nothing behind. */
  async function tryOrReclaim<Result>(
    writer: SqliteWriter,
    work: (writer: SqliteWriter) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work(writer)
    } catch (error) {
      if (storageFault(error, files).code !== 'full') throw error
      await writer.reclaim()
      return await work(writer)
    }
  }
}
