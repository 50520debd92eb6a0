import type { HeldConnection } from './held-connection.ts'

/** Runs `work` in a write transaction: all of it is on disk when this resolves, or nothing of it ever is. */
export type Transaction = <Result>(work: () => Promise<Result>) => Promise<Result>

export async function prepareTransaction(connection: HeldConnection): Promise<Transaction> {
  // IMMEDIATE: the write lock comes first, so that what was read cannot have changed when it is written.
  const begin = await connection.prepare('BEGIN IMMEDIATE')
  const commit = await connection.prepare('COMMIT')
  const rollback = await connection.prepare('ROLLBACK')
  return async work => {
    await begin.run()
    try {
      const result = await work()
      await commit.run()
      return result
    } catch (error) {
      // After some faults (a full disk, say) SQLite has rolled back by itself, and says so by an error.
      await rollback.run().catch(() => {})
      throw error
    }
  }
}
