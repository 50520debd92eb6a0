import { openSession } from '../session.ts'

/** Runs statements of an administrator in one transaction. @throws StorageError */
export async function runStatements(url: string, statements: readonly string[]): Promise<void> {
  await using session = await openSession(url)
  await session.transaction(async () => {
    for (const statement of statements) await session.query(statement)
  })
}
