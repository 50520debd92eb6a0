/** Loaded into each process that a test starts: at its end it writes down which changes of the code it reached. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MutantCoverage } from '@stryker-mutator/api/core'

export const REPORTS_VARIABLE = 'MUTATION_REPORTS'

const directory = process.env[REPORTS_VARIABLE]
if (directory !== undefined) {
  process.once('exit', () => {
    const instrumentation: { mutantCoverage?: MutantCoverage } | undefined = Reflect.get(
      globalThis,
      '__stryker__',
    )
    const reached = instrumentation?.mutantCoverage?.static
    if (reached !== undefined) writeFileSync(join(directory, `${process.pid}.json`), JSON.stringify(reached))
  })
}
