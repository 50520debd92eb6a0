/**
 * `npm run test:mutation [-- NAME…]`: Stryker changes the code in one place at a time and expects a test to fail.
 * A table of what is changed and which tests have to notice, by name; docs/reliability.md has the scores.
 */
import { Stryker } from '@stryker-mutator/core'

interface Target {
  /** The workspace that is copied into the sandbox, and changed there. */
  readonly folder: string
  /** Arguments of `node --test`. Their mean time is what a whole run costs for each change. */
  readonly tests: string
  /** Relative to `folder`. */
  readonly mutate: readonly string[]
  /** Files outside of `folder` that the tests read. */
  readonly reads?: string
}

/** Ends a test that a change makes wait for ever; many times what the slowest one takes. */
const TEST_TIMEOUT_MS = 20_000

const IN_ONE_PROCESS = '--test-isolation=none'

const targets: Readonly<Record<string, Target>> = {
  protocol: {
    folder: 'packages/protocol',
    tests: `${IN_ONE_PROCESS} 'packages/protocol/!(interop|page).test.ts'`,
    mutate: ['*.ts'],
    reads: 'test/vectors/**',
  },
  runtime: {
    folder: 'packages/runtime',
    tests: `${IN_ONE_PROCESS} 'packages/runtime/**/*.test.ts'`,
    mutate: ['**/*.ts'],
  },
  web: {
    folder: 'packages/web',
    tests: `${IN_ONE_PROCESS} 'packages/web/*.test.ts'`,
    mutate: ['*.ts'],
  },
  storage: {
    folder: 'packages/storage',
    tests: `${IN_ONE_PROCESS} 'packages/storage/*.test.ts'`,
    mutate: ['{cursor,decide,group-commit,lateness}.ts'],
  },
  sqlite: {
    folder: 'packages/storage',
    tests: `${IN_ONE_PROCESS} 'packages/storage/sqlite/{contract,migration,schema}.test.ts' 'packages/storage/sqlite/commit/*.test.ts'`,
    mutate: ['{batch,read,sqlite/commit}/*.ts', 'evidence.ts', 'sqlite/{schema,open-database}.ts'],
  },
  store: {
    folder: 'packages/storage',
    tests: `'packages/storage/sqlite/{contract,faults,migration}.test.ts' packages/storage/sqlite/backup/backup.test.ts`,
    mutate: ['store.ts', 'sqlite/{store,writer,files,connection}.ts'],
  },
  postgres: {
    folder: 'packages/storage',
    tests: `'packages/storage/postgres/**/*.test.ts'`,
    mutate: ['postgres/**/*.ts', '!postgres/fixtures/**'],
  },
  receiver: {
    folder: 'services/receiver',
    tests: `${IN_ONE_PROCESS} services/receiver/app.test.ts 'services/receiver/{report,source,exchange,dyndns2}/*.test.ts'`,
    mutate: ['app.ts', '{report,source,exchange,dyndns2}/*.ts'],
  },
  registry: {
    folder: 'services/receiver',
    tests: `${IN_ONE_PROCESS} 'services/receiver/registry/*.test.ts'`,
    mutate: ['registry/*.ts'],
  },
  admin: {
    folder: 'services/receiver',
    tests: `'services/receiver/admin/**/*.test.ts'`,
    mutate: ['admin/**/*.ts', '!admin/main.ts'],
  },
  client: {
    folder: 'services/client',
    tests: `${IN_ONE_PROCESS} services/client/*.test.ts 'services/client/{audit,commands,export,read,report,schedule,settings,watch}/*.test.ts'`,
    mutate: ['*.ts', '{audit,commands,export,read,report,schedule,settings,watch}/*.ts', '!main.ts'],
  },
  viewer: {
    folder: 'services/viewer',
    tests: `${IN_ONE_PROCESS} 'services/viewer/**/*.test.ts'`,
    mutate: ['**/*.ts', '!main.ts', '!fixtures/**'],
  },
  notifier: {
    folder: 'services/notifier',
    tests: `${IN_ONE_PROCESS} 'services/notifier/**/*.test.ts'`,
    mutate: ['{channels,outbox,follow,settings}/**/*.ts', '!channels/mail.ts'],
  },
}

const names = process.argv.slice(2)
for (const name of names.length === 0 ? Object.keys(targets) : names) {
  const target = targets[name]
  if (target === undefined)
    throw new Error(`There is no "${name}"; known: ${Object.keys(targets).join(', ')}`)
  await mutate(name, target)
}

/** Sets the exit code 1 if tests notice fewer than 90 % of the changes. */
async function mutate(name: string, { folder, tests, mutate, reads }: Target): Promise<void> {
  const inFolder = (pattern: string) => pattern.replace(/^(!?)/, `$1${folder}/`)
  await new Stryker({
    testRunner: 'command',
    commandRunner: { command: `node --test --test-timeout=${TEST_TIMEOUT_MS} ${tests}` },
    mutate: [...mutate.map(inFolder), `!${folder}/**/*.test.ts`],
    // Texts are compared where they matter; another wording is no fault.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorePatterns: [
      '**',
      '!package.json',
      `!${folder}/package.json`,
      `!${folder}/**/*.ts`,
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
    timeoutMS: 60_000,
    thresholds: { high: 100, low: 95, break: 90 },
  }).runMutationTest()
}
