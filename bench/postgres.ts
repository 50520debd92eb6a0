import { openStore } from '@ipupdater/storage'
import { PostgresServer } from '../test/fixtures/postgres.ts'

/** A server as durable as in production, with Debian's defaults for memory and autovacuum. */
export async function startPostgres(): Promise<PostgresServer> {
  return await PostgresServer.start(['autovacuum=on', 'shared_buffers=128MB', 'max_wal_size=1GB'])
}

/** A database with the same devices as `seed`. @returns its URL */
export async function seedPostgres(server: PostgresServer, devices: number): Promise<string> {
  const name = server.createDatabase()
  const url = server.url(name)
  await (await openStore({ postgres: url }))[Symbol.asyncDispose]()
  server.sql(name, `SET synchronous_commit = off; ${statements(devices, Date.now() - HOUR)}`)
  server.sql(name, 'VACUUM ANALYZE')
  server.sql(name, 'CHECKPOINT')
  return url
}

/** Like `seed.ts`, but with one closed tenure per device instead of nine. */
function statements(devices: number, now: number): string {
  const numbers = `generate_series(1, ${devices}) AS n`
  const proof = `repeat('x', 500)`
  return `
    INSERT INTO devices (name, "interval", skew_ms, secret_added)
    SELECT 'bench-' || lpad(n::text, 7, '0'), 300, 0, 1700000000000 FROM ${numbers} ORDER BY n;
    INSERT INTO closed_tenures (slot, address, first_seen, last_seen, confirmations, proof)
    SELECT id * 10 + 4, '198.51.100.1', ${now} - 2 * ${MONTH}, ${now} - ${MONTH} - 300000, 8639, ${proof}
    FROM devices ORDER BY id;
    INSERT INTO open_tenures
      (id, address, first_seen, last_seen, confirmations, previous_address, previous_last_seen, proof)
    SELECT id * 10 + 4, CASE WHEN id % 100 = 0 THEN '198.51.100.10' ELSE '127.0.0.1' END,
      ${now} - ${MONTH}, ${now}, 8639, '198.51.100.1', ${now} - ${MONTH} - 300000, ${proof}
    FROM devices ORDER BY id`
}

const HOUR = 60 * 60 * 1000
const MONTH = 30 * 24 * HOUR
