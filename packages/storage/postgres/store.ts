import type { Store, StoreOptions } from '../contract.ts'
import { openStoreOn } from '../store.ts'
import { postgresFault } from './faults.ts'
import type { Migration } from './schema.ts'
import { serverOf } from './server.ts'
import { openWriter } from './writer.ts'

export interface PostgresStoreOptions extends StoreOptions {
  /** For tests: the schema's steps, in order. */
  readonly migrations?: readonly Migration[]
  /** How long to wait for an answer of the server. Default: 10 s. */
  readonly timeoutMs?: number
}

/**
 * Makes the tables if there are none, and migrates them. Any number of stores may use a database at a time, so
 * `reserve` has no effect.
 *
 * @throws StorageError
 */
export async function openPostgresStore(url: string, options: PostgresStoreOptions = {}): Promise<Store> {
  const { newDatabaseFloor = 0, migrations, timeoutMs = ANSWER_TIMEOUT_MS, log } = options
  const server = serverOf(url)
  return openStoreOn(
    {
      faultOf: error => postgresFault(error, server),
      async open(access) {
        const writer = await openWriter(server, {
          access,
          newDatabaseFloor,
          timeoutMs,
          ...(migrations && { migrations }),
        })
        const { acknowledged, raisedFloor } = writer
        log?.info('database open', { server: server.name, acknowledged })
        if (raisedFloor !== null) {
          log?.warn('another server or timeline: what was reported before is refused from now on', {
            floor: new Date(raisedFloor).toISOString(),
          })
        }
        return writer
      },
    },
    options,
  )
}

export const ANSWER_TIMEOUT_MS = 10_000
