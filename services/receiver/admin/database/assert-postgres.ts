import { AdminError } from '../admin-error.ts'
import type { AdminSettings } from '../settings.ts'

/** @returns DATABASE_URL. @throws AdminError `misused` */
export function assertPostgres({ databaseUrl }: Pick<AdminSettings, 'databaseUrl'>, command: string): string {
  if (databaseUrl !== null) return databaseUrl
  throw new AdminError(
    'misused',
    `DATABASE_URL is not set, so the addresses are in SQLite. "${command}" is for PostgreSQL.`,
    'set DATABASE_URL, or DATABASE_URL_FILE, to the URL of the database.',
  )
}
