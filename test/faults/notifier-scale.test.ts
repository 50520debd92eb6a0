import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openStore, sqliteFile } from '@ipupdater/storage'
import { createVolumes, root, startProgram, startReceiver } from '../fixtures/programs.ts'

const DEVICES = 1_000_000
const MEGABYTES = 150

test(`a million devices fit into ${MEGABYTES} MB`, async t => {
  using volumes = createVolumes()
  await seed(volumes.dataDir)
  await using _receiver = await startReceiver(volumes)
  const startedAt = performance.now()
  await using notifier = startLikeTheImage({
    DATA_DIR: volumes.dataDir,
    NOTIFIER_DIR: `${volumes.dir}/notifier`,
    ALERT_NTFY_URL: 'http://127.0.0.1:1/topic',
    PORT: '0',
  })
  await notifier.printed(/ready/)
  const readyAfter = (performance.now() - startedAt) / 1000
  const [, expected, seconds] = await notifier.printed(
    /every device was looked at expected=(\d+) seconds=([\d.]+)/,
  )
  const megabytes = Math.round(notifier.resident() / 1e6)
  t.diagnostic(`ready after ${readyAfter.toFixed(1)} s, every device after ${seconds} s, ${megabytes} MB`)
  assert.equal(Number(expected), DEVICES)
  assert.ok(megabytes < MEGABYTES, `${megabytes} MB`)
})

/** The image's bundle, with the node flags of its start script. */
function startLikeTheImage(env: Record<string, string>) {
  execFileSync(process.execPath, [join(root, 'scripts/build-server.ts')])
  const script = readFileSync(join(root, 'docker/server/ipupdater-notifier'), 'utf8')
  const [, flags = ''] = /^exec node (.*) \/app\/ipupdater-notifier\.cjs/m.exec(script) ?? []
  assert.match(flags, /^--/, 'no flags in the start script')
  const through = ['setpriv', '--pdeathsig', 'KILL'] // instead of the guard
  return startProgram([...flags.split(' '), 'dist/ipupdater-notifier.cjs'], env, {
    through,
    isGuarded: false,
  })
}

/** Each device has one address and has just reported. */
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
