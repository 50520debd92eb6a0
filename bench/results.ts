import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { times } from './format.ts'
import { root } from './program.ts'
import type { Measurement } from './row.ts'
import { isMet } from './row.ts'

/** The table, with the notes below it. */
export function renderResults(measurements: readonly Measurement[], minutes: number): string {
  const lines = measurements.map(
    measurement =>
      `| ${measurement.what} | ${measurement.ours} | ${measurement.yardstick} | ${shown(measurement)} | ${spreadText(measurement)} | ${targetOf(measurement)} | ${verdict(measurement)} |`,
  )
  const notes = measurements.flatMap(({ what, notes: each }) => each.map(note => `- *${what}:* ${note}`))
  return `# Results

Written by \`npm run bench\` (${minutes.toFixed(0)} minutes): commit ${commit()}, Node ${process.version}, ${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}), shared with others. [README.md](README.md) explains the rows. Only ratios count.

| what | ours | yardstick | value | interquartile range | target | |
|---|---|---|---|---|---|---|
${lines.join('\n')}

${notes.join('\n')}
`
}

function shown({ value, target }: Measurement): string {
  if (value === null) return '—'
  return target.unit === '×' ? times(value.median) : `${value.median.toFixed(1)} ${target.unit}`
}

function spreadText({ value }: Measurement): string {
  if (value?.low === undefined || value.high === undefined) return '—'
  return `${value.low.toFixed(2)} … ${value.high.toFixed(2)}`
}

function targetOf({ target: { kind, limit, unit } }: Measurement): string {
  return `${kind === 'at least' ? '≥' : '≤'} ${limit} ${unit}`
}

function verdict(measurement: Measurement): string {
  const met = isMet(measurement)
  if (met === null) return 'not measured'
  return met ? 'met' : '**missed**'
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ', with changes'
  return `${git('rev-parse', '--short', 'HEAD')}${changed}`
}
