import { StorageError } from '../storage-error.ts'
import type { DedicatedConnection } from './connection.ts'
import type { Server } from './server.ts'

/** What an acknowledgement means on this server, for the log. */
export type Durability =
  | 'on the disk of the server'
  | 'on the disks of the server and its synchronous standbys'

/**
 * Refuses a server that can lose what it has acknowledged, or that this program has not been tested with.
 * @throws StorageError `unsuitable`; `read-only`: a standby
 */
export async function assertDurable(connection: DedicatedConnection, server: Server): Promise<Durability> {
  const [row] = await connection.query<SettingsRow>(`
    SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS "isStandby",
           current_setting('fsync') AS fsync, current_setting('full_page_writes') AS "fullPageWrites",
           current_setting('synchronous_standby_names') AS standbys`)
  const { version, isStandby, fsync, fullPageWrites, standbys } = row as SettingsRow
  if (version < OLDEST_VERSION) throw unsuitable(`${server.name} runs an old PostgreSQL`, 'use 15 or newer')
  for (const [setting, value] of Object.entries({ fsync, full_page_writes: fullPageWrites })) {
    if (value === 'off')
      throw unsuitable(`${server.name} can lose data: its ${setting} is off`, `set ${setting} = on`)
  }
  if (isStandby) {
    throw new StorageError('read-only', `${server.name} is a standby`, { advice: 'connect to the primary' })
  }
  return standbys === ''
    ? 'on the disk of the server'
    : 'on the disks of the server and its synchronous standbys'
}

const OLDEST_VERSION = 150_000

interface SettingsRow {
  readonly version: number
  readonly isStandby: boolean
  readonly fsync: string
  readonly fullPageWrites: string
  readonly standbys: string
}

function unsuitable(fault: string, advice: string): StorageError {
  return new StorageError('unsuitable', fault, { advice })
}
