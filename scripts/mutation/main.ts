/**
 * `npm run test:mutation [-- NAME…]`: Stryker changes the code in one place at a time and expects a test to fail.
 * A table of what is changed and which tests have to notice, by name; docs/reliability.md has the scores.
 * NAME/PATH changes one file or folder of a target only: `client/schedule`, `web/cookies.ts`.
 */
import { join } from 'node:path'
import { Stryker } from '@stryker-mutator/core'

interface Target {
  /** The workspace that is copied into the sandbox, and changed there. */
  readonly folder: string
  /** Relative to `folder`, like `mutate`. A change is tried on the files that reach it, until one notices. */
  readonly tests: readonly string[]
  readonly mutate: readonly string[]
  /** Files outside of `folder` that the tests read. */
  readonly reads?: string
}

const targets: Readonly<Record<string, Target>> = {
  protocol: {
    folder: 'packages/protocol',
    tests: ['!(interop|page).test.ts'],
    mutate: ['*.ts'],
    reads: 'test/vectors/**',
  },
  runtime: {
    folder: 'packages/runtime',
    tests: ['**/*.test.ts'],
    mutate: ['**/*.ts'],
  },
  web: {
    folder: 'packages/web',
    tests: ['*.test.ts'],
    mutate: ['*.ts'],
  },
  storage: {
    folder: 'packages/storage',
    tests: ['*.test.ts', 'sqlite/*.test.ts', 'sqlite/!(backup)/*.test.ts'],
    mutate: ['*.ts', '{batch,read}/*.ts', 'sqlite/**/*.ts', '!**/fixtures/**', '!contract.suite.ts'],
  },
  postgres: {
    folder: 'packages/storage',
    tests: ['postgres/**/*.test.ts'],
    mutate: ['postgres/**/*.ts', '!postgres/fixtures/**'],
  },
  receiver: {
    folder: 'services/receiver',
    tests: ['*.test.ts', '{report,source,exchange,dyndns2,registry}/*.test.ts'],
    mutate: [
      '*.ts',
      '{report,source,exchange,dyndns2,registry}/*.ts',
      '!main.ts',
      '!registry/restore-registry.ts',
    ],
  },
  admin: {
    folder: 'services/receiver',
    tests: ['admin/**/*.test.ts'],
    // The command of admin tests the restore of the registry.
    mutate: ['admin/**/*.ts', 'registry/restore-registry.ts', '!admin/main.ts'],
  },
  client: {
    folder: 'services/client',
    // Stryker's runner ends the process of a test at SIGHUP.
    tests: [
      '*.test.ts',
      'schedule/!(signal-trigger).test.ts',
      '{audit,commands,export,read,report,settings,watch}/*.test.ts',
    ],
    mutate: [
      '*.ts',
      '{audit,commands,export,read,report,schedule,settings,watch}/*.ts',
      '!main.ts',
      '!schedule/signal-trigger.ts',
    ],
  },
  viewer: {
    folder: 'services/viewer',
    tests: ['**/*.test.ts'],
    mutate: ['**/*.ts', '!main.ts', '!fixtures/**'],
  },
  notifier: {
    folder: 'services/notifier',
    tests: ['**/*.test.ts'],
    mutate: ['{channels,outbox,follow,settings}/**/*.ts', '!channels/mail.ts'],
  },
}

const names = process.argv.slice(2)
for (const name of names.length === 0 ? Object.keys(targets) : names) {
  const [targetName = '', ...path] = name.split('/')
  const target = targets[targetName]
  if (target === undefined)
    throw new Error(`There is no "${targetName}"; known: ${Object.keys(targets).join(', ')}`)
  await mutate(name.replaceAll('/', '-'), target, path.join('/'))
}

/** Sets the exit code 1 if tests notice fewer than 90 % of the changes. `path` within the target's folder; '' for all of it. */
async function mutate(name: string, { folder, tests, mutate, reads }: Target, path: string): Promise<void> {
  // "!a" takes away what "a" matches; "!(a|b)*" matches the rest.
  const inFolder = (pattern: string) => pattern.replace(/^(!?(?!\())/, `$1${folder}/`)
  const part = path.endsWith('.ts') ? path : `${path}/**/*.ts`
  const changed = path === '' ? mutate : [part, ...mutate.filter(pattern => pattern.startsWith('!'))]
  await new Stryker({
    testRunner: 'node:test',
    plugins: [join(import.meta.dirname, 'runner.ts')],
    nodeTest: { files: tests.map(inFolder) },
    // Ends a test that a change makes collect for ever, before it takes the machine's memory.
    testRunnerNodeArgs: ['--max-old-space-size=1024'],
    coverageAnalysis: 'perTest',
    mutate: [...changed.map(inFolder), `!${folder}/**/*.test.ts`],
    // Texts are compared where they matter; another wording is no fault.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorePatterns: [
      '**',
      '!package.json',
      `!${folder}/package.json`,
      `!${folder}/**/*.ts`,
      `!${folder}/**/fixtures/**`,
      '!test/fixtures/*.ts',
      `${folder}/node_modules`,
      ...(reads === undefined ? [] : [`!${reads}`]),
    ],
    tsconfigFile: 'none',
    tempDirName: `.stryker-tmp/${name}`,
    reporters: ['progress-append-only', 'clear-text', 'json'],
    jsonReporter: { fileName: `reports/mutation/${name}.json` },
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    concurrency: 2,
    timeoutMS: 20_000,
    thresholds: { high: 100, low: 95, break: 90 },
  }).runMutationTest()
}
