import type { Location } from '../contract.ts'
import { openPostgresRows, openPostgresTarget } from '../postgres/rows.ts'
import { openSqliteRows, openSqliteTarget } from '../sqlite/rows.ts'
import type { Moved } from './copy-rows.ts'
import { copyRows } from './copy-rows.ts'
import type { TableSource, TableTarget } from './table-source.ts'

export interface MoveOptions {
  readonly now: () => number
  /** Called with the number of rows that are done so far, and how many there will be. */
  readonly onRows?: (done: number, total: number) => void
}

/**
 * Copies everything from one database to another, in one snapshot and one transaction. Both have the newest schema; the
 * source stays as it is. @returns null: the target has devices. @throws StorageError
 */
export async function moveDatabase(
  from: Location,
  to: Location,
  { now, onRows }: MoveOptions,
): Promise<Moved | null> {
  await using source = await openRows(from)
  await using target = await openTarget(to)
  return await copyRows(source, target, now, onRows)
}

function openRows(location: Location): Promise<TableSource> {
  return 'sqlite' in location ? openSqliteRows(location.sqlite) : openPostgresRows(location.postgres)
}

function openTarget(location: Location): Promise<TableTarget> {
  return 'sqlite' in location ? openSqliteTarget(location.sqlite) : openPostgresTarget(location.postgres)
}
