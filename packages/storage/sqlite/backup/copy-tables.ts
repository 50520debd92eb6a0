import { pathToFileURL } from 'node:url'
import type { Knex } from 'knex'
import { connect } from '../connection.ts'
import { filesOf, identityOf } from '../files.ts'
import { APPLICATION_ID } from '../schema.ts'
import { REGISTRY_TABLE } from './backup-file.ts'

/**
 * Makes a database out of a backup: everything except the registry. Row by row, and not page by page as
 * `copyDatabase`, so that no secret ever reaches the directory that the viewer reads, not even in a free page.
 */
export async function copyTables(from: string, to: string): Promise<void> {
  const knex = connect(to, { access: 'create' })
  try {
    await knex.raw('ATTACH ? AS backup', [readOnlyUri(from)])
    await knex.raw('BEGIN')
    await copySchemaAndRows(knex)
    const [row] = await knex.raw<{ user_version: number }[]>('PRAGMA backup.user_version')
    await knex.raw(`PRAGMA user_version = ${row?.user_version}`)
    await knex.raw(`PRAGMA application_id = ${APPLICATION_ID}`)
    await knex.raw('COMMIT')
  } finally {
    await knex.destroy()
  }
}

async function copySchemaAndRows(knex: Knex): Promise<void> {
  // Tables before their indexes: an index is built faster than kept up to date.
  const parts: Part[] = await knex.raw(
    `SELECT type, name, sql FROM backup.sqlite_schema
     WHERE sql IS NOT NULL AND tbl_name <> ? AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
     ORDER BY type DESC, rowid`,
    [REGISTRY_TABLE],
  )
  for (const { type, name, sql } of parts) {
    await knex.raw(sql.replaceAll('?', '\\?'))
    if (type === 'table') await knex.raw('INSERT INTO main.?? SELECT * FROM backup.??', [name, name])
  }
}

interface Part {
  readonly type: string
  readonly name: string
  readonly sql: string
}

function readOnlyUri(file: string): string {
  const mode = identityOf(filesOf(file).wal) === null ? 'mode=ro&immutable=1' : 'mode=ro'
  return `${pathToFileURL(file).href}?${mode}`
}
