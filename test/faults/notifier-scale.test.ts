import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openStore, sqliteFile } from '@ipupdater/storage'
import { createVolumes, startProgram } from '../fixtures/programs.ts'

const DEVICES = 1_000_000

test('a million devices fit into 400 MB, and each is read once at the start', async t => {
  using volumes = createVolumes()
  await seed(volumes.dataDir)
  await using notifier = startProgram(['services/notifier/main.ts'], {
    DATA_DIR: volumes.dataDir,
    NOTIFIER_DIR: `${volumes.dir}/notifier`,
    ALERT_NTFY_URL: 'http://127.0.0.1:1/topic',
    PORT: '0',
  })
  const [, seconds] = await notifier.printed(/following seconds=([\d.]+)/)
  const megabytes = Math.round(notifier.resident() / 1e6)
  t.diagnostic(`${seconds} s, ${megabytes} MB`)
  assert.ok(megabytes < 400, `${megabytes} MB`)
})

/** Each device holds one address and has reported just now. */
async function seed(dataDir: string): Promise<void> {
  const file = sqliteFile(dataDir)
  await (await openStore({ sqlite: file }))[Symbol.asyncDispose]()
  using database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN')
  const numbers = `WITH RECURSIVE number (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < ${DEVICES})`
  database.exec(`${numbers}
    INSERT INTO devices (id, name, interval, skew_ms, secret_added)
    SELECT n, printf('device-%07d', n), 300, 0, 1 FROM number`)
  // A proof is never read here, but its length counts.
  database.exec(`${numbers}
    INSERT INTO open_tenures (id, address, first_seen, last_seen, confirmations, proof)
    SELECT n * 10 + 4, '203.0.113.7', ${Date.now()} - 2592000000 + n, ${Date.now()} - n % 300000, 8640,
           '"' || hex(zeroblob(290)) || '"' FROM number`)
  database.exec('COMMIT; PRAGMA optimize')
}
