import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyProof } from '@ipupdater/protocol'
import type { Cursor, HistoryEntry, Reader } from '@ipupdater/storage'
import { openReader, openStore, sqliteFile } from '@ipupdater/storage'
import { story } from '../scripts/demo/story.ts'
import { demoSecret, writeStory } from '../scripts/demo/write-story.ts'
import { sharedPostgres, skipWithoutPostgres } from './fixtures/postgres.ts'
import { startAdmin } from './fixtures/programs.ts'
import { temporaryDirectory } from './fixtures/temporary-directory.ts'

const guard = { timeout: 120_000, skip: skipWithoutPostgres }

test('a move to PostgreSQL and back changes nothing, and every proof verifies', guard, async () => {
  const dir = temporaryDirectory()
  const [before, after] = [join(dir, 'before'), join(dir, 'after')]
  const end = Date.now() - 60_000
  {
    await using store = await openStore({ sqlite: sqliteFile(before) })
    await writeStory(store, story(7, end))
  }
  const server = await sharedPostgres()
  const url = server.url(server.createDatabase())
  const urlFile = join(dir, 'url')
  writeFileSync(urlFile, url)

  const there = await admin({ DATA_DIR: before }, ['move', '--to-url-file', urlFile])
  assert.match(
    there,
    /^Copied and compared: 4 devices, \d+ addresses, \d+ outages, from .*before\/ipupdater\.sqlite to postgres:/,
  )
  const back = await admin({ DATABASE_URL_FILE: urlFile }, ['move', '--to', after])
  assert.equal(/: (.*), from/.exec(back)?.[1], /: (.*), from/.exec(there)?.[1])

  const now = () => end
  await using was = openReader({ sqlite: sqliteFile(before) }, { now })
  await using between = openReader({ postgres: url }, { now })
  await using is = openReader({ sqlite: sqliteFile(after) }, { now })
  const entries = await everything(was)
  assert.ok(entries.length > 100)
  assert.deepEqual(await everything(between), entries)
  assert.deepEqual(await everything(is), entries)
  const page = { limit: 100 }
  for (const moved of [between, is]) {
    assert.deepEqual(await moved.current(page), await was.current(page))
    assert.deepEqual(await moved.devices(page), await was.devices(page))
  }
  for (const entry of await everything(is)) {
    if (entry.kind !== 'tenure') continue
    assert.ok(entry.proof)
    const { device, address, timestamp } = verifyProof(entry.proof, [demoSecret(entry.device)])
    assert.deepEqual([device, address, timestamp], [entry.device, entry.address, entry.lastSeen])
  }
})

async function everything(reader: Reader): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = []
  let after: Cursor | null = null
  do {
    const page: Awaited<ReturnType<Reader['changes']>> = await reader.changes({
      from: 0,
      limit: 500,
      ...(after !== null && { after }),
    })
    entries.push(...page.entries)
    after = page.next
  } while (after !== null)
  return entries
}

async function admin(settings: Record<string, string>, args: readonly string[]): Promise<string> {
  await using program = startAdmin({ dataDir: '', keysDir: '/nowhere' }, args, settings)
  const { code } = await program.ended
  assert.equal(code, 0, program.output())
  return program.output()
}
