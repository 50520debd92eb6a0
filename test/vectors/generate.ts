/**
 * Writes the vectors: `npx node test/vectors/generate.ts`, then `npx biome check --write test/vectors` for
 * their layout. It signs with node:crypto alone, so that the vectors and packages/protocol
 * check each other.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addresses } from './source/addresses.ts'
import { answers } from './source/answers.ts'
import { proofs } from './source/proofs.ts'
import { requests } from './source/requests.ts'

for (const [name, vectors] of Object.entries({ requests, answers, proofs, addresses })) {
  writeFileSync(join(import.meta.dirname, `${name}.json`), `${JSON.stringify(vectors, null, 2)}\n`)
}
