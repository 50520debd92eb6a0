import type { TableSource, TableTarget } from '../move/table-source.ts'
import type { Row, Table } from '../move/tables.ts'
import { columnsOf, keyOf, TABLES } from '../move/tables.ts'
import type { Session } from './session.ts'
import { openSession } from './session.ts'

/** The rows of a database of the newest schema, in one snapshot. */
export async function openPostgresRows(url: string): Promise<TableSource> {
  return sourceOf(await begin(url, ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY']))
}

/** The same, to be filled in one transaction. Receivers that are running wait for its end. */
export async function openPostgresTarget(url: string): Promise<TableTarget> {
  const session = await begin(url, ['BEGIN', 'LOCK TABLE devices IN EXCLUSIVE MODE'])
  return {
    ...sourceOf(session),
    async insert(table, rows) {
      const types = Object.values(TABLES[table].columns)
      const values = types.map((type, index) => `(value->>${index})::${type}`)
      await session.query({
        name: `insert ${table}`,
        text: `INSERT INTO ${table} (${columnsOf(table)}) OVERRIDING SYSTEM VALUE
               SELECT ${values} FROM json_array_elements($1::json)`,
        values: [JSON.stringify(rows)],
      })
    },
    async commit(floor) {
      await session.query({
        text: `UPDATE meta SET value = $1 WHERE name = 'replay-floor'`,
        values: [floor],
      })
      for (const table of NUMBERED) {
        await session.query(
          `SELECT setval(pg_get_serial_sequence('${table}', 'id'), coalesce(max(id), 0) + 1, false) FROM ${table}`,
        )
      }
      await session.query('COMMIT')
    },
  }
}

/** Their ids come from a sequence. */
const NUMBERED = ['devices', 'closed_tenures'] as const satisfies Table[]

function sourceOf(session: Session): TableSource {
  const numberOf = async (sql: string) => {
    const [row] = await session.query<{ value: number }>(sql)
    return row?.value ?? 0
  }
  return {
    async rows(table, after, limit) {
      const key = keyOf(table)
      const rows = await session.query<{ value: string }>({
        name: `rows of ${table}`,
        text: `SELECT json_build_array(${columnsOf(table)})::text AS value FROM ${table}
                WHERE (${key}) > (${key.map((_, index) => `$${index + 2}::bigint`)}) ORDER BY ${key} LIMIT $1`,
        values: [limit, ...after],
      })
      return rows.map(({ value }): Row => JSON.parse(value))
    },
    count: table => numberOf(`SELECT count(*)::float8 AS value FROM ${table}`),
    floor: () => numberOf(`SELECT value::float8 FROM meta WHERE name = 'replay-floor'`),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

async function begin(url: string, statements: readonly string[]): Promise<Session> {
  const session = await openSession(url)
  try {
    for (const statement of statements) await session.query(statement)
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}
