import { join } from 'node:path'
import { compare } from '../compare.ts'
import type { BenchContext } from '../context.ts'
import { count, ms, perCore } from '../format.ts'
import { seedPostgres, startPostgres } from '../postgres.ts'
import type { Measurement, Row } from '../row.ts'
import { atLeast, atMost } from '../row.ts'
import { writeRegistry } from '../seed.ts'
import { latency, throughput } from '../throughput.ts'
import { heldMeasurements } from './held.ts'

/** The receiver on PostgreSQL next to SQLite, and two receivers on one database. */
export const postgres: Row = {
  name: 'postgres',
  async measure(context) {
    await using server = await startPostgres()
    const { few, many } = context.effort.devices
    const measured = await updates(context, await seedPostgres(server, few))
    return [...measured, ...(await held(context, server.sql.bind(server), await seedPostgres(server, many)))]
  },
}

async function updates(context: BenchContext, url: string): Promise<Measurement[]> {
  const seeded = await context.seeded(context.effort.devices.few)
  const settings = { DATABASE_URL: url }
  await using sqlite = await context.receiver(seeded)
  await using one = await context.receiver(seeded, settings)
  const signed = { kind: 'update', devices: DEVICES, signedAnswers: true } as const
  const { rounds } = context.effort

  const onSqlite = throughput(context, [sqlite], signed)
  const onOne = throughput(context, [one], signed)
  const plain = await compare(rounds, onOne.round, onSqlite.round)
  const single = await compare(
    rounds,
    latency(context, one, signed).round,
    latency(context, sqlite, signed).round,
  )

  await using two = await context.receiver(seeded, settings)
  const onTwo = throughput(context, [one, two], signed)
  const double = await compare(rounds, onTwo.round, onOne.round)
  return [
    {
      what: 'PostgreSQL: durable signed updates a second, one receiver',
      ours: count(plain.ours),
      yardstick: `on SQLite: ${count(plain.yardstick)}`,
      value: plain.ratio,
      target: atLeast(0.4),
      notes: [
        `The receiver's CPU time per update: ${onOne.cost()}, on SQLite ${onSqlite.cost()}. PostgreSQL and the generator share its processors.`,
      ],
    },
    {
      what: '… two receivers, on the same machine',
      ours: count(double.ours),
      yardstick: `one receiver: ${count(double.yardstick)}`,
      value: double.ratio,
      target: atLeast(0.8),
      notes: [
        'On two processors a second receiver adds no throughput. It is for failover, and for more machines.',
      ],
    },
    {
      what: '… p50 of an update, one connection',
      ours: ms(single.ours),
      yardstick: `on SQLite: ${ms(single.yardstick)}`,
      value: single.ratio,
      target: atMost(3),
      notes: [],
    },
  ]
}

type Sql = (database: string, statements: string) => string

async function held(context: BenchContext, sql: Sql, url: string): Promise<Measurement[]> {
  const { devices, held: pace } = context.effort
  const [dataDir, keysDir] = [context.directory('postgres-data'), context.directory('postgres-keys')]
  await writeRegistry(join(keysDir, 'devices.jsonl'), devices.many)
  await using receiver = await context.receiver({ dataDir, keysDir }, { DATABASE_URL: url })
  const traffic = { kind: 'update', devices: devices.many, signedAnswers: true } as const
  const job = { ports: [receiver.port], connections: 256, traffic }
  // JIT warm-up.
  await context.load.run({ ...job, pace: { kind: 'closed', seconds: context.effort.seconds } })
  const before = receiver.cpuSeconds()
  const outcome = await context.load.run({ ...job, pace: { kind: 'open', ...pace } })
  const cpu = (receiver.cpuSeconds() - before) / outcome.seconds
  const database = new URL(url).pathname.slice(1)
  const stored = Number(
    sql(database, `SELECT count(*) FROM open_tenures WHERE last_seen = ${outcome.timestamp}`),
  )
  const offered = pace.perSecond * pace.seconds
  return heldMeasurements({
    what: `PostgreSQL: ${count(pace.perSecond)} updates a second for ${pace.seconds} s at ${count(devices.many)} devices: acknowledged and found`,
    updates: outcome,
    offered,
    stored,
    used: `The receiver used ${perCore(cpu)} of a core, the generator ${perCore(outcome.cpu)}.`,
    mostMs: 100,
  })
}

const DEVICES = 200
