import type { TableSource, TableTarget } from '../move/table-source.ts'
import type { Row, Table } from '../move/tables.ts'
import { columnsOf, keyOf } from '../move/tables.ts'
import type { Access, Parameters, Prepared } from './connection.ts'
import { connect, dedicatedConnection } from './connection.ts'
import { WRITER_PRAGMAS } from './open-database.ts'

/** The rows of a database of the newest schema, in one read transaction. */
export async function openSqliteRows(file: string): Promise<TableSource> {
  return sourceOf(await begin(file, 'read', 'BEGIN'))
}

/** The same, to be filled in one write transaction. */
export async function openSqliteTarget(file: string): Promise<TableTarget> {
  const session = await begin(file, 'write', 'BEGIN IMMEDIATE')
  return {
    ...sourceOf(session),
    async insert(table, rows) {
      const columns = columnsOf(table)
      const values = columns.map((_, index) => `value ->> ${index}`)
      await session.all(`INSERT INTO ${table} (${columns}) SELECT ${values} FROM json_each(?1)`, [
        JSON.stringify(rows),
      ])
    },
    async commit(floor) {
      await session.all(`UPDATE meta SET value = ?1 WHERE name = 'replay-floor'`, [floor])
      await session.all('COMMIT')
    },
  }
}

function sourceOf(session: Session): TableSource {
  const numberOf = async (sql: string) => {
    const [row] = await session.all<{ value: number }>(sql)
    return row?.value ?? 0
  }
  return {
    async rows(table, after, limit) {
      const key = keyOf(table)
      const sql = `SELECT json_array(${columnsOf(table)}) AS value FROM ${table}
                    WHERE (${key}) > (${key.map(() => '?')}) ORDER BY ${key} LIMIT ?`
      const rows = await session.all<{ value: string }>(sql, [...after, limit])
      return rows.map(({ value }): Row => JSON.parse(value))
    },
    count: (table: Table) => numberOf(`SELECT count(*) AS value FROM ${table}`),
    floor: () => numberOf(`SELECT value FROM meta WHERE name = 'replay-floor'`),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

interface Session extends AsyncDisposable {
  all<Result>(sql: string, parameters?: Parameters): Promise<Result[]>
}

/** One connection in a transaction; each text of a statement is prepared once. Closing it rolls back. */
async function begin(file: string, access: Access, statement: string): Promise<Session> {
  await using opening = new AsyncDisposableStack()
  const knex = connect(file, { access, pragmas: access === 'write' ? WRITER_PRAGMAS : [] })
  opening.defer(() => knex.destroy())
  const connection = await dedicatedConnection(knex)
  opening.defer(() => connection.release())
  await connection.exec(statement)
  const resources = opening.move()
  const statements = new Map<string, Prepared>()
  return {
    async all(sql, parameters) {
      const prepared = statements.get(sql) ?? (await connection.prepare(sql))
      statements.set(sql, prepared)
      return prepared.all(parameters)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
