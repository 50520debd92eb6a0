/**
 * A test runner for Stryker: runs tests written for node:test in one process, again and again. Stryker's own way to run
 * them starts a process for every file and change, which takes many times as long.
 */
import { chmodSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { CoverageData, MutantCoverage, StrykerOptions } from '@stryker-mutator/api/core'
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core'
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin'
import type {
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestResult,
  TestRunner,
} from '@stryker-mutator/api/test-runner'
import {
  DryRunStatus,
  determineHitLimitReached,
  MutantRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner'
import type { DeclaredTest } from './declared.ts'
import { takeDeclared } from './declared.ts'
import { REPORTS_VARIABLE } from './report-reached.ts'

/** What the changed code reads and counts, under this name of `globalThis`. */
interface Instrumentation {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number | undefined
  mutantCoverage?: MutantCoverage
}

interface Test extends DeclaredTest {
  readonly id: string
  readonly file: string
}

/** Of a test without any change. */
const FIRST_TIMEOUT_MS = 60_000
/** Ends a test that a change makes wait for ever. `usualMs`: how long it takes without the change. */
const timeoutOf = (usualMs: number) => 3_000 + 5 * usualMs

/** In Stryker's copy of the project, so that the process that measured need not be the one that asks. */
const DURATIONS_FILE = 'durations.json'

class NodeTestRunner implements TestRunner {
  static readonly inject = tokens(commonTokens.options)

  readonly #files: readonly string[]
  readonly #instrumentation: Instrumentation = {}
  /** By file; only of the files that were imported. */
  readonly #tests = new Map<string, readonly Test[]>()
  #changesRun = 0

  constructor(options: StrykerOptions) {
    this.#files = globSync((options.nodeTest as { files: string[] }).files).sort()
  }

  /** Imported files stay imported, so that a change of what runs at import needs another process. */
  capabilities() {
    return { reloadEnvironment: false }
  }

  init(): Promise<void> {
    // Stryker's copy is closed to other users, and some tests become one.
    chmodSync('.', 0o755)
    Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: this.#instrumentation })
    process.exit = code => {
      throw new Error(`process.exit(${code})`)
    }
    const declared = new URL('declared.ts', import.meta.url).href
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === 'node:test' && context.parentURL !== import.meta.url
          ? { url: declared, shortCircuit: true }
          : next(specifier, context),
    })
    return Promise.resolve()
  }

  /** Runs all tests once, and notes which changes each of them reaches and how long it takes. */
  async dryRun(): Promise<DryRunResult> {
    const results: TestResult[] = []
    const reports = shareReports()
    // All files first: what runs at import counts for no single test, even if a test imports the same module later.
    for (const file of this.#files) await this.#testsOf(file)
    for (const one of [...this.#tests.values()].flat()) {
      this.#instrumentation.currentTestId = one.id
      results.push(await run(one, FIRST_TIMEOUT_MS))
      this.#instrumentation.currentTestId = undefined
      const perTest = this.#instrumentation.mutantCoverage?.perTest
      if (perTest !== undefined) perTest[one.id] = { ...perTest[one.id], ...takeReports(reports) }
    }
    delete process.env.NODE_OPTIONS
    writeFileSync(
      DURATIONS_FILE,
      JSON.stringify(Object.fromEntries(results.map(({ id, timeSpentMs }) => [id, timeSpentMs]))),
    )
    const { mutantCoverage } = this.#instrumentation
    return { status: DryRunStatus.Complete, tests: results, ...(mutantCoverage && { mutantCoverage }) }
  }

  /** @throws when an earlier change spoilt this process; Stryker asks another one then */
  async mutantRun({
    activeMutant,
    mutantActivation,
    testFilter,
    hitLimit,
  }: MutantRunOptions): Promise<MutantRunResult> {
    const isFirst = this.#changesRun++ === 0
    const durations: Record<string, number> = JSON.parse(readFileSync(DURATIONS_FILE, 'utf8'))
    const usual = ({ id }: { id: string }) => durations[id] ?? FIRST_TIMEOUT_MS
    const isAtImport = mutantActivation === 'static'
    if (isAtImport) this.#activate(activeMutant.id, hitLimit)
    const tests: Test[] = []
    for (const file of this.#files) {
      if (testFilter === undefined || testFilter.some(id => id.startsWith(`${file}:`))) {
        try {
          const chosen = (await this.#testsOf(file)).filter(({ id }) => testFilter?.includes(id) ?? true)
          tests.push(...chosen)
        } catch (error) {
          if (!isAtImport) throw error
          return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: String(error), nrOfTests: 0 }
        }
      }
    }
    tests.sort((a, b) => usual(a) - usual(b))
    const results: TestResult[] = []
    for (const one of tests) {
      if (!isAtImport) this.#activate(activeMutant.id, hitLimit)
      const result = await run(one, timeoutOf(usual(one)))
      results.push(result)
      const limitReached = determineHitLimitReached(this.#instrumentation.hitCount, hitLimit)
      if (!isAtImport) this.#activate(undefined)
      if (limitReached !== undefined) return toMutantRunResult(limitReached)
      if (result.status === TestStatus.Failed) {
        const isSpoilt = !isAtImport && (await run(one, timeoutOf(usual(one)))).status === TestStatus.Failed
        if (isSpoilt && !isFirst) throw new Error(`"${one.id}" fails without the change, too`)
        break
      }
    }
    return toMutantRunResult({ status: DryRunStatus.Complete, tests: results })
  }

  /** The changed code looks at the variable too, for processes that tests start. */
  #activate(id: string | undefined, hitLimit?: number): void {
    Object.assign(this.#instrumentation, {
      activeMutant: id,
      hitLimit,
      hitCount: hitLimit === undefined ? undefined : 0,
    })
    if (id === undefined) delete process.env[INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT_ENV_VARIABLE]
    else process.env[INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT_ENV_VARIABLE] = id
  }

  async #testsOf(file: string): Promise<readonly Test[]> {
    let tests = this.#tests.get(file)
    if (tests === undefined) {
      await import(pathToFileURL(resolve(file)).href)
      const declared = await takeDeclared()
      tests = declared.map((one, index) => ({ ...one, file, id: `${file}:${index} ${one.name}` }))
      this.#tests.set(file, tests)
    }
    return tests
  }
}

/** Documented of Node's TestContext; its types lack them. */
interface Outcome {
  readonly passed: boolean
  readonly error: unknown
}

/** Makes the processes that tests start say what they reached. @returns the directory where they do */
function shareReports(): string {
  const reports = mkdtempSync(join(tmpdir(), 'reached-'))
  // Some processes run as another user.
  chmodSync(reports, 0o777)
  process.env[REPORTS_VARIABLE] = reports
  process.env.NODE_OPTIONS = `--import=${new URL('report-reached.ts', import.meta.url).href}`
  return reports
}

function takeReports(reports: string): CoverageData {
  const reached: CoverageData = {}
  for (const name of readdirSync(reports)) {
    const file = join(reports, name)
    Object.assign(reached, JSON.parse(readFileSync(file, 'utf8')))
    rmSync(file)
  }
  return reached
}

async function run({ id, file, name, options, body }: Test, timeout: number): Promise<TestResult> {
  let context: Outcome | undefined
  const began = performance.now()
  await test(name, { ...options, timeout }, async t => {
    context = t as unknown as Outcome
    await body(t)
  })
  const result = { id, name, fileName: file, timeSpentMs: performance.now() - began }
  if (context === undefined) return { ...result, status: TestStatus.Skipped }
  return context.passed
    ? { ...result, status: TestStatus.Success }
    : { ...result, status: TestStatus.Failed, failureMessage: String(context.error) }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'node:test', NodeTestRunner)]

export const strykerValidationSchema = {
  properties: {
    nodeTest: { type: 'object', properties: { files: { type: 'array', items: { type: 'string' } } } },
  },
}
