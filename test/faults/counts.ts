import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

export type Counts = Readonly<Record<string, number>>

/** Prints a test's counts and saves them for the table in docs/reliability.md. */
export function report(t: TestContext, name: string, counts: Counts): void {
  const text = Object.entries(counts).map(([what, count]) => `${what}=${count}`)
  t.diagnostic(`counts: ${name} ${text.join(' ')}`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(counts, null, 2)}\n`)
}

const directory = join(import.meta.dirname, 'counts')
