import { readFileSync } from 'node:fs'
import type { Program } from '../../fixtures/programs.ts'
import { findSecret } from './forms-of-secret.ts'

/** Everything that anybody could have seen, under the name of where. */
export interface Search {
  /** Looks at all that the program prints until the end, and at its command line (proc(5)). */
  watch<P extends Program>(name: string, program: P): P
  /** Looks at a text, such as what went over the wire. */
  see(name: string, text: string | Buffer): void
  /** Where one of the secrets was seen, and what stands around it. */
  found(secrets: readonly string[]): string[]
  counts(): { programs: number; texts: number; lines: number; bytes: number }
}

export function startSearch(): Search {
  const programs: [name: string, program: Program][] = []
  const seen: [name: string, text: string][] = []
  const all = () => [...seen, ...programs.map(([name, program]) => [name, program.output()] as const)]
  return {
    watch(name, program) {
      programs.push([name, program])
      seen.push([`command line of ${name}`, readFileSync(`/proc/${program.pid}/cmdline`, 'utf8')])
      return program
    },
    see: (name, text) => void seen.push([name, text.toString()]),
    found: secrets =>
      all().flatMap(([name, text]) => {
        const volumes = findSecret(text, secrets)
        return volumes === null ? [] : [`${name}: ${volumes}`]
      }),
    counts() {
      const texts = all().map(([, text]) => text)
      const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0)
      const bytes = texts.reduce((sum, text) => sum + text.length, 0)
      return { programs: programs.length, texts: texts.length, lines, bytes }
    },
  }
}
