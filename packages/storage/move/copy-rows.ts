import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'
import { StorageError } from '../storage-error.ts'
import type { TableSource, TableTarget } from './table-source.ts'
import type { Row, Table } from './tables.ts'
import { keyIn, keyOf, TABLE_NAMES } from './tables.ts'

/** How many rows of each table were moved. */
export type Moved = Readonly<Record<Table, number>>

/**
 * Copies every row, reads all of them back, and commits only if they are the same. The target then refuses reports of
 * before this moment: one that the source refused must not count there.
 *
 * @param onRows called with the number of rows that were copied or read back so far, and how many that will be
 * @returns null: the target has devices, and is as it was
 * @throws StorageError `corrupt` if the rows differ
 */
export async function copyRows(
  source: TableSource,
  target: TableTarget,
  now: () => number,
  onRows: (done: number, total: number) => void = () => {},
): Promise<Moved | null> {
  if ((await target.count('devices')) > 0) return null
  const counts = await countAll(source)
  const total = 2 * Object.values(counts).reduce((sum, count) => sum + count, 0)
  let done = 0
  const show = (rows: readonly Row[]) => {
    done += rows.length
    onRows(done, total)
  }
  for (const table of TABLE_NAMES) {
    const sent = createHash('sha256')
    for await (const rows of slicesOf(source, table)) {
      await target.insert(table, rows)
      digest(sent, rows)
      show(rows)
    }
    const stored = createHash('sha256')
    for await (const rows of slicesOf(target, table)) {
      digest(stored, rows)
      show(rows)
    }
    const isSame = sent.digest('hex') === stored.digest('hex')
    if (!isSame || (await target.count(table)) !== counts[table]) {
      throw new StorageError('corrupt', `the rows of ${table} differ after the copy`)
    }
  }
  await target.commit(Math.max(now(), await source.floor()))
  return counts
}

function digest(hash: Hash, rows: readonly Row[]): void {
  for (const row of rows) hash.update(`${JSON.stringify(row)}\n`)
}

async function countAll(source: TableSource): Promise<Moved> {
  const counts: Partial<Record<Table, number>> = {}
  for (const table of TABLE_NAMES) counts[table] = await source.count(table)
  return counts as Moved
}

async function* slicesOf(source: TableSource, table: Table): AsyncGenerator<readonly Row[]> {
  let after: readonly number[] = keyOf(table).map(() => -1) // before every key
  for (;;) {
    const rows: Row[] = await source.rows(table, after, SLICE)
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows
    after = keyIn(table, last)
  }
}

/** Rows of some 600 bytes: a third of a megabyte at a time. */
const SLICE = 500
