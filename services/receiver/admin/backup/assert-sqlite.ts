import { AdminError } from '../admin-error.ts'
import type { AdminSettings } from '../settings.ts'

/** Backups of a PostgreSQL database are PostgreSQL's. @throws AdminError `misused` */
export function assertSqlite({ databaseUrl, keysDir }: Pick<AdminSettings, 'databaseUrl' | 'keysDir'>): void {
  if (databaseUrl === null) return
  throw new AdminError(
    'misused',
    'DATABASE_URL is set, so the addresses are in PostgreSQL. This command copies SQLite databases only.',
    `use pg_dump and pg_restore, or point-in-time recovery, and copy KEYS_DIR=${keysDir}, which has the secrets of the devices.`,
  )
}
