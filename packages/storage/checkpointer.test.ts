import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { connect } from './connection.ts'
import { databaseFiles } from './database-files.ts'
import type { Store } from './store.ts'
import { storeIn, temporaryDirectory, update } from './testing/sample.ts'

test('under steady updates the -wal starts over instead of growing', async t => {
  const dir = temporaryDirectory(t)
  const store = await storeIn(t, dir, { uptimeMs: hastyClock() })
  const sizes = [await sizeAfter(store, dir, 0, 3000), await sizeAfter(store, dir, 3000, 12_000)]
  assert.ok((sizes[1] ?? 0) < 3 * (sizes[0] ?? 0), `${sizes} bytes`) // five times as much was written
})

test('a reader that holds old pages only postpones that', async t => {
  const dir = temporaryDirectory(t)
  const store = await storeIn(t, dir, { uptimeMs: hastyClock() })
  await sizeAfter(store, dir, 0, 1000)
  const reader = connect(databaseFiles(dir).main, { access: 'read' })
  await reader.raw('BEGIN')
  await reader.raw('SELECT name FROM devices')
  const held = await sizeAfter(store, dir, 1000, 5000)
  await reader.destroy()
  assert.ok((await sizeAfter(store, dir, 6000, 12_000)) < 2 * held)
})

/** Time flies: the pause between checkpoints is over at once. */
function hastyClock(): () => number {
  let uptime = 0
  return () => (uptime += 10_000)
}

async function sizeAfter(store: Store, dir: string, from: number, count: number): Promise<number> {
  for (let done = 0; done < count; done += 100) {
    const round = from + done + 1
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => store.commit(update(round + 1, { device: `device-${n}` }))),
    )
    await setTimeout(1)
  }
  return statSync(databaseFiles(dir).wal).size
}
