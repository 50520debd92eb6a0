import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// `node scripts/reliability-table.ts`: fills the counts of docs/reliability.md in from the last `npm run test:faults`.

const root = join(import.meta.dirname, '..')
const page = join(root, 'docs/reliability.md')
const counts = (name: string) => join(root, `test/faults/counts/${name}.json`)

/** The last cell of a row begins with the names of its counts, which is all that is kept of it. */
const CELL = /<!-- ([\w -]+) -->[^|]*\|$/gm

writeFileSync(
  page,
  readFileSync(page, 'utf8').replaceAll(CELL, (_cell, names: string) => {
    const texts = names.split(' ').map(name => textOf(JSON.parse(readFileSync(counts(name), 'utf8'))))
    return `<!-- ${names} --> ${texts.join('; ')} |`
  }),
)

/** `{"everyByte": 12000}` as `every byte 12,000`. */
function textOf(numbers: Record<string, number>): string {
  return Object.entries(numbers)
    .map(([name, count]) => {
      const words = name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
      return `${words} ${count.toLocaleString('en')}`
    })
    .join(', ')
}
