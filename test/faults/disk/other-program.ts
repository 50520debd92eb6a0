import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import type { Program } from '../../fixtures/programs.ts'
import { startProgram } from '../../fixtures/programs.ts'

/** Another program in the middle of a long transaction on this database, until it is disposed of. */
export async function hold(how: 'read' | 'write', file: string): Promise<Program> {
  const program = startProgram([import.meta.filename, how, file])
  await program.printed(/holding/)
  return program
}

/** Another program that makes this a database of another version. */
export async function setSchema(version: number, file: string): Promise<void> {
  await startProgram([import.meta.filename, String(version), file]).ended
}

/** Another program that copies the WAL back and leaves it empty. */
export async function emptyWal(file: string): Promise<void> {
  const program = startProgram([import.meta.filename, 'empty-wal', file])
  assert.deepEqual(await program.ended, { code: 0, signal: null }, program.output())
}

// In a process of its own: two copies of SQLite in one would take each other's locks away (sqlite.org/howtocorrupt.html).
if (import.meta.main) {
  const [act = '', file = ''] = process.argv.slice(2)
  const database = new DatabaseSync(file, { timeout: 10_000 })
  if (act === 'read') database.exec('BEGIN; SELECT count(*) FROM devices')
  else if (act === 'write') database.exec('BEGIN IMMEDIATE')
  else if (act === 'empty-wal') {
    const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
    process.exitCode = busy
  } else database.exec(`PRAGMA user_version = ${act}`)
  if (act === 'read' || act === 'write') {
    process.stdout.write('holding\n')
    setInterval(() => database.isTransaction, 60_000) // keeps it from being collected, and so closed
  }
}
