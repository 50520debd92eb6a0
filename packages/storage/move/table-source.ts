import type { Row, Table } from './tables.ts'

/** A database as rows, in one snapshot. Disposing ends its transaction, and takes back what was not committed. */
export interface TableSource extends AsyncDisposable {
  /** At most `limit` rows whose key comes after `after`, in the order of their key. */
  rows(table: Table, after: readonly number[], limit: number): Promise<Row[]>
  count(table: Table): Promise<number>
  /** Reports up to this time are refused, ms. */
  floor(): Promise<number>
}

/** The same for a database that is being filled, in one transaction in which nobody else writes. */
export interface TableTarget extends TableSource {
  insert(table: Table, rows: readonly Row[]): Promise<void>
  /** Sets the floor and commits: once this resolves, all rows are on disk. */
  commit(floor: number): Promise<void>
}
