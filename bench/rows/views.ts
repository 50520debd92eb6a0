import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compare } from '../compare.ts'
import { count, perCore } from '../format.ts'
import { deviceName } from '../load/job.ts'
import type { Row } from '../row.ts'
import { atLeast } from '../row.ts'
import { throughput } from '../throughput.ts'

/** The address of 1,000 devices in turn as plain text, as for `curl`. */
export const getip: Row = {
  name: 'getip',
  async measure(context) {
    const { few } = context.effort.devices
    await using viewer = await context.viewer(await context.seeded(few))
    await using bare = await context.bareKoa()
    const ours = throughput(context, [viewer], {
      kind: 'get',
      path: '/getip/{device}',
      accept: '*/*',
      devices: few,
    })
    const yardstick = throughput(context, [bare], { kind: 'get', path: '/', accept: '*/*' })
    const { ours: a, yardstick: b, ratio } = await compare(context.effort.rounds, ours.round, yardstick.round)
    return [
      {
        what: '`GET /getip/DEVICE` as text, a second',
        ours: count(a),
        yardstick: `bare Koa, GET: ${count(b)}`,
        value: ratio,
        target: atLeast(0.8),
        notes: [
          `CPU time per request: ours ${ours.cost()}, bare Koa ${yardstick.cost()}; generator ${perCore(yardstick.generatorCpu())} of a core.`,
        ],
      },
    ]
  },
}

/** The first page of the whole history, next to a Koa that sends the same bytes from memory. */
export const history: Row = {
  name: 'history',
  async measure(context) {
    await using viewer = await context.viewer(await context.seeded(context.effort.devices.few))
    const page = await fetch(`http://127.0.0.1:${viewer.port}${PAGE}`, {
      // Like the generator; by default fetch asks for compression.
      headers: { accept: JSON_TYPE, 'accept-encoding': 'identity' },
    })
    const file = join(context.directory('page'), 'history.json')
    const bytes = Buffer.from(await page.arrayBuffer())
    writeFileSync(file, bytes)
    await using bare = await context.bareKoa(file)
    const ours = throughput(context, [viewer], { kind: 'get', path: PAGE, accept: JSON_TYPE })
    const yardstick = throughput(context, [bare], { kind: 'get', path: '/bytes', accept: JSON_TYPE })
    const { ours: a, yardstick: b, ratio } = await compare(context.effort.rounds, ours.round, yardstick.round)
    const one = throughput(context, [viewer], {
      kind: 'get',
      path: `/history/${deviceName(1)}`,
      accept: JSON_TYPE,
    })
    return [
      {
        what: '`GET /history`, 50 rows of JSON, a second',
        ours: count(a),
        yardstick: `bare Koa, the same ${count(bytes.length)} bytes: ${count(b)}`,
        value: ratio,
        target: atLeast(0.5),
        notes: [
          `CPU time per request: ours ${ours.cost()}, bare Koa ${yardstick.cost()}; generator ${perCore(yardstick.generatorCpu())} of a core.`,
          `The history of one device, ten rows: ${count(await one.round())} a second.`,
        ],
      },
    ]
  },
}

const PAGE = '/history?limit=50'
const JSON_TYPE = 'application/json'
