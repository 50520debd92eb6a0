import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../connection.ts'
import { databaseFiles } from '../database-files.ts'
import { WRITER_PRAGMAS } from '../open-database.ts'
import type { Store } from '../store.ts'
import { openStore } from '../store.ts'
import { answerQuestions } from './child.ts'
import { update } from './sample.ts'

/** A receiver in a process, and perhaps on a volume, of its own: to be killed, or to run out of space. */
const dir = process.argv[2] ?? ''
let opened: Promise<Store> | null = null

await answerQuestions({
  open: async () => void (await store()),
  close: async () => (await store())[Symbol.asyncDispose](),
  commit: async (timestamp: number, address: string) =>
    (await store()).commit(update(timestamp, { address })),
  checkWritable: async () => (await store()).checkWritable(),

  /** Commits one update after the other, and says each time which one is acknowledged. Ends with the process. */
  async commitAllTheTime(from: number) {
    const running = await store()
    for (let timestamp = from; ; timestamp++) {
      await running.commit(update(timestamp))
      process.stdout.write(`${JSON.stringify({ result: timestamp })}\n`)
    }
  },

  /** Writes so much that pages spill to the disk, and stays in the middle of the transaction. */
  async stayInTransaction() {
    const pragmas = [...WRITER_PRAGMAS, 'cache_size = 10']
    const knex = connect(databaseFiles(dir).main, { access: 'write', pragmas })
    await knex.raw('BEGIN IMMEDIATE')
    await knex.raw("UPDATE open_tenures SET address = '192.0.2.99'")
    for (let n = 0; n < 100; n++) {
      await knex.raw(`INSERT INTO closed_tenures (slot, address, first_seen, last_seen, confirmations, proof)
                      VALUES (14, '192.0.2.98', 1, 1, 1, '${'x'.repeat(4000)}')`)
    }
  },

  /** Takes all the space that is left on the volume. */
  fillVolume() {
    for (let size = 65_536; size > 0; size = Math.floor(size / 2)) {
      try {
        for (;;) writeFileSync(join(dir, 'filler'), Buffer.alloc(size), { flag: 'a' })
      } catch {
        // ENOSPC: the rest in smaller pieces
      }
    }
  },
  freeVolume: () => rmSync(join(dir, 'filler')),
})

function store(): Promise<Store> {
  opened ??= openStore({ dir }).catch(error => {
    opened = null
    throw error
  })
  return opened
}
