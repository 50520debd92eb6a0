import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Program } from './fixtures/programs.ts'
import { createVolumes, startProgram } from './fixtures/programs.ts'

// The `pg` library costs memory and start time, and SQLite does not need it. Knex itself loads `pg-connection-string`,
// which only parses.
for (const program of ['receiver', 'viewer']) {
  test(`the ${program} on SQLite loads sqlite3 and never loads pg`, async () => {
    using volumes = createVolumes()
    await using running = startProgram(
      ['--import', join(import.meta.dirname, 'fixtures/list-modules.ts'), `services/${program}/main.ts`],
      { DATA_DIR: volumes.dataDir, KEYS_DIR: volumes.keysDir, PORT: '0', HOST: '127.0.0.1' },
    )
    const [, url] = await running.printed(/ready.* url=(\S+)/)
    // Reads the database, so that lazy imports are loaded too.
    await fetch(`${url}/readyz`)
    const packages = await loadedPackages(running)
    assert.ok(packages.has('sqlite3'), [...packages].join())
    assert.ok(!packages.has('pg'), [...packages].join())
  })
}

async function loadedPackages({ child }: Program): Promise<Set<string>> {
  const answered = once(child, 'message')
  child.send('modules')
  const [{ modules }] = (await answered) as [{ modules: string[] }]
  return new Set(modules.flatMap(file => /.*\/node_modules\/([^/]+)/.exec(file)?.[1] ?? []))
}
