/**
 * The tables of a backend, by name, with the columns that a move copies. `key` orders the rows. The names are the same
 * on every backend; so are the values, in JSON.
 */
export const TABLES = {
  devices: {
    key: ['id'],
    columns: {
      id: 'bigint',
      name: 'text',
      interval: 'bigint',
      skew_ms: 'bigint',
      secret_added: 'bigint',
      kind: 'text',
    },
  },
  open_tenures: {
    key: ['id'],
    columns: {
      id: 'bigint',
      address: 'text',
      first_seen: 'bigint',
      last_seen: 'bigint',
      confirmations: 'bigint',
      previous_address: 'text',
      previous_last_seen: 'bigint',
      flips: 'bigint',
      flipped_at: 'bigint',
      proof: 'text',
    },
  },
  closed_tenures: {
    key: ['id'],
    columns: {
      id: 'bigint',
      slot: 'bigint',
      address: 'text',
      first_seen: 'bigint',
      last_seen: 'bigint',
      confirmations: 'bigint',
      proof: 'text',
    },
  },
  outages: {
    key: ['slot', 'began'],
    columns: { slot: 'bigint', began: 'bigint', ended: 'bigint' },
  },
} as const satisfies Record<string, TableShape>

interface TableShape {
  readonly key: readonly string[]
  readonly columns: Readonly<Record<string, 'bigint' | 'text'>>
}

export type Table = keyof typeof TABLES

export const TABLE_NAMES = Object.keys(TABLES) as Table[]

/** The columns of a table, quoted: one is named as a type of PostgreSQL is. */
export function columnsOf(table: Table): string[] {
  return Object.keys(TABLES[table].columns).map(name => `"${name}"`)
}

export function keyOf(table: Table): string[] {
  return TABLES[table].key.map(name => `"${name}"`)
}

/** The values of a row's key. */
export function keyIn(table: Table, row: Row): number[] {
  const names = Object.keys(TABLES[table].columns)
  return TABLES[table].key.map(name => row[names.indexOf(name)] as number)
}

/** The values of a row, in the order of the columns. */
export type Row = readonly (string | number | null)[]
