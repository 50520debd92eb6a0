/** `npm run bench [-- --only updates,getip] [--quick] [--keep DIR]` */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FULL, openContext, QUICK } from './context.ts'
import { renderResults } from './results.ts'
import type { Measurement } from './row.ts'
import { rows } from './rows.ts'

const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false }, keep: { type: 'string' } },
})
const names = rows.map(({ name }) => name)
const wanted = values.only?.split(',') ?? names
const unknown = wanted.filter(name => !names.includes(name))
if (unknown.length > 0) throw new Error(`Unknown row ${unknown.join(', ')}. Use: ${names.join(', ')}`)

const began = performance.now()
const measurements: Measurement[] = []
{
  await using context = openContext(values.quick ? QUICK : FULL, values.keep)
  for (const row of rows.filter(({ name }) => wanted.includes(name))) {
    context.say(`${row.name} …`)
    for (const measurement of await row.measure(context)) {
      measurements.push(measurement)
      const { what, ours, yardstick, value } = measurement
      context.say(`  ${what}: ${ours} (${yardstick}) ${value === null ? '' : value.median.toFixed(2)}`)
    }
  }
}
const text = renderResults(measurements, (performance.now() - began) / 60_000)
process.stdout.write(text)
// Only a full run is a result: all rows must come from the same machine at the same time.
if (values.only === undefined && !values.quick) writeFileSync(join(import.meta.dirname, 'results.md'), text)
