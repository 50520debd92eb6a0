/**
 * `npm test [-- NAME…]`: the tests of a package share one process, because starting Node for every file took longer than
 * most of the tests. Those that start real programs have a process per file, so that the files run in parallel.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

interface Group {
  readonly name: string
  readonly files: readonly string[]
  readonly isolation: 'none' | 'process'
}

// The longest first, so that the last ones fill the gaps.
const groups: readonly Group[] = [
  { name: 'test', files: ['test/*.test.ts'], isolation: 'process' },
  { name: 'notifier', files: ['services/notifier/**/*.test.ts'], isolation: 'none' },
  { name: 'storage', files: ['packages/storage/**/*.test.ts'], isolation: 'none' },
  ...[
    'services/receiver',
    'services/viewer',
    'services/client',
    'packages/runtime',
    'packages/web',
    'packages/protocol',
  ].map(
    (folder): Group => ({
      name: folder.replace(/.*\//, ''),
      files: [`${folder}/**/*.test.ts`],
      isolation: 'none',
    }),
  ),
]

/** Of a single test. One that hangs then fails with its name. */
const TEST_TIMEOUT_MS = 300_000
/** Of a group, for a process that does not end after its tests. */
const GROUP_TIMEOUT_MS = 600_000

const root = join(import.meta.dirname, '..')
const names = process.argv.slice(2)
const waiting = groups.filter(({ name }) => names.length === 0 || names.includes(name))
if (waiting.length === 0)
  throw new Error(`There is no such group. Groups: ${groups.map(({ name }) => name).join(', ')}`)

let isGood = true
const workers = Array.from({ length: availableParallelism() + 1 }, async () => {
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
    isGood = (await run(group)) && isGood
  }
})
await Promise.all(workers)
process.exitCode = isGood ? 0 : 1

/** Runs a group and prints a line about it, or everything if it failed. */
async function run({ name, files, isolation }: Group): Promise<boolean> {
  const began = performance.now()
  const flags = [`--test-isolation=${isolation}`, `--test-timeout=${TEST_TIMEOUT_MS}`, '--test-reporter=spec']
  const child = spawn(process.execPath, ['--test', ...flags, ...files], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: GROUP_TIMEOUT_MS,
  })
  const [output, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  const skipped = output.split('\n').filter(line => /^\s*﹣/.test(line))
  const isGood = code === 0 && (skipped.length === 0 || !process.env.CI)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const [, tests = '0'] = /^ℹ tests (\d+)/m.exec(output) ?? []
  if (!isGood) print(`${output}\n${errors}`)
  print(`${isGood ? '✔' : '✖'} ${name}: ${tests} tests, ${seconds} s${signal === null ? '' : `, ${signal}`}`)
  for (const line of skipped) print(`  skipped: ${line.trim()}`)
  return isGood
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
