import type { Knex } from 'knex'
import type { Database } from 'sqlite3'

/**
 * Copies a whole database with SQLite's online backup (sqlite.org/backup.html) in one step: one snapshot of the source,
 * read next to its writer, and one transaction in the target. In several steps, it would start again whenever the
 * source is written in between, and never end under load.
 */
export async function copyDatabase(
  knex: Knex,
  direction: { readonly to: string } | { readonly from: string },
): Promise<void> {
  const raw: Backable = await knex.client.acquireConnection()
  try {
    const copy = await begin(raw, direction)
    try {
      await everything(copy)
    } finally {
      await new Promise<void>(resolve => copy.finish(() => resolve()))
    }
  } finally {
    await knex.client.releaseConnection(raw)
  }
}

/** The part of node-sqlite3 that its types leave out (its lib/sqlite3.js, src/backup.cc). */
interface Backable extends Database {
  backup(file: string, target: 'main', source: 'main', fileIsTarget: boolean, done: Done): Copy
}

interface Copy {
  /** Copies so many pages, -1: all. */
  step(pages: number, done: (error: Error | null, completed?: boolean) => void): void
  finish(done: () => void): void
}

type Done = (error: Error | null) => void

function begin(raw: Backable, direction: { to: string } | { from: string }): Promise<Copy> {
  const [file, fileIsTarget] = 'to' in direction ? [direction.to, true] : [direction.from, false]
  return new Promise((resolve, reject) => {
    const copy = raw.backup(file, 'main', 'main', fileIsTarget, error =>
      error ? reject(error) : resolve(copy),
    )
  })
}

function everything(copy: Copy): Promise<void> {
  return new Promise((resolve, reject) => {
    copy.step(-1, (error, completed) => {
      if (error) reject(error)
      else if (completed) resolve()
      else reject(Object.assign(new Error('the target is in use'), { code: 'SQLITE_BUSY' }))
    })
  })
}
