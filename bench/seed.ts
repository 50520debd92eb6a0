import { createWriteStream, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { finished } from 'node:stream/promises'
import { encodeProof } from '@ipupdater/protocol'
import { openStore, sqliteFile } from '@ipupdater/storage'
import { deviceName, deviceSecret } from './load/job.ts'
import { signerOf, updateMessage } from './load/messages.ts'

/** A database and a registry for a receiver and a viewer. */
export interface Seeded {
  devices: number
  dataDir: string
  keysDir: string
  database: string
}

/**
 * Each device has had ten addresses, as after a year or two on a home connection; nine tenures are closed. The
 * receiver's own migrations make the tables. A few set-based statements insert the rows, because ten million
 * signed updates would take an hour. Each proof has a realistic length.
 */
export async function seed(dir: string, devices: number, say: (line: string) => void): Promise<Seeded> {
  const seeded = { devices, dataDir: join(dir, 'data'), keysDir: join(dir, 'keys'), database: '' }
  seeded.database = join(seeded.dataDir, 'ipupdater.sqlite')
  const complete = join(dir, 'complete')
  if (existsSync(complete)) return seeded

  const began = performance.now()
  mkdirSync(seeded.dataDir, { recursive: true })
  mkdirSync(seeded.keysDir, { recursive: true })
  await (await openStore({ sqlite: sqliteFile(seeded.dataDir) }))[Symbol.asyncDispose]()
  fill(seeded.database, devices)
  await writeRegistry(join(seeded.keysDir, 'devices.jsonl'), devices)
  writeFileSync(complete, '')
  say(
    `  seeded ${devices} devices, ${devices * TENURES} tenures in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  )
  return seeded
}

function fill(file: string, devices: number): void {
  using database = new DatabaseSync(file)
  // No durability needed: after a crash the file is made again.
  database.exec(
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA threads = 2',
  )
  const indexes = database
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`)
    .all() as { name: string; sql: string }[]
  for (const { name } of indexes) database.exec(`DROP INDEX ${name}`)

  database.exec('BEGIN')
  const parameters = { $devices: devices, $now: Date.now() - HOUR, $proof: sampleProof() }
  for (const statement of STATEMENTS) run(database, statement, parameters)
  database.exec('COMMIT')

  for (const { sql } of indexes) database.exec(sql)
  database.exec('PRAGMA optimize')
}

function run(database: DatabaseSync, sql: string, parameters: Record<string, string | number>): void {
  const named = Object.entries(parameters).filter(([name]) => sql.includes(name))
  database.prepare(sql).run(Object.fromEntries(named))
}

/** Not valid for these rows, but the bench never verifies it. */
function sampleProof(): string {
  return encodeProof(updateMessage(signerOf(1), Date.now()).request.proof)
}

/** A registry with the generator's names and secrets. */
export async function writeRegistry(path: string, devices: number): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600 })
  for (let first = 1; first <= devices; first += 1_000) {
    const numbers = Array.from({ length: Math.min(1_000, devices - first + 1) }, (_, index) => first + index)
    const lines = numbers.map(number =>
      JSON.stringify({
        device: deviceName(number),
        secrets: [{ secret: deviceSecret(number), added: ADDED }],
      }),
    )
    file.write(`${lines.join('\n')}\n`)
  }
  file.end()
  await finished(file)
}

const TENURES = 10
const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR
const ADDED = 1_700_000_000_000

/**
 * In order of time: the closed tenures first, with the oldest of all devices at the start. Each address lasts a
 * month. The next update of one device in a hundred opens a new tenure.
 */
const STATEMENTS = [
  `WITH RECURSIVE number (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < $devices)
   INSERT INTO devices (id, name, interval, skew_ms, secret_added)
   SELECT n, printf('bench-%07d', n), 300, 0, ${ADDED} FROM number`,

  `WITH RECURSIVE age (months) AS (VALUES (${TENURES - 1}) UNION ALL SELECT months - 1 FROM age WHERE months > 1),
     number (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < $devices)
   INSERT INTO closed_tenures (slot, address, first_seen, last_seen, confirmations, proof)
   SELECT n * 10 + 4, '198.51.100.' || months,
     $now - (months + 1) * ${30 * DAY} + n, $now - months * ${30 * DAY} + n - 300000, 8639, $proof
   FROM age CROSS JOIN number`,

  `WITH RECURSIVE number (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < $devices)
   INSERT INTO open_tenures (id, address, first_seen, last_seen, confirmations, previous_address, previous_last_seen, proof)
   SELECT n * 10 + 4, iif(n % 100 = 0, '198.51.100.10', '127.0.0.1'),
     $now - ${30 * DAY} + n, $now, 8639, '198.51.100.1', $now - ${30 * DAY} + n - 300000, $proof
   FROM number`,
]
