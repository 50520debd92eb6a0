const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/**
 * `73 minutes`: whole units, and two of the larger unit before it takes over, because "1 hour" says less. The script of
 * the page says the same. Logs and commands use `durationText`, which counts seconds.
 */
export function duration(ms: number): string {
  for (const [unit, unitMs] of units) {
    const from = unit === 'minute' ? unitMs : 2 * unitMs
    if (ms >= from) return count(Math.floor(ms / unitMs), unit)
  }
  return 'less than a minute'
}

/** `3 minutes ago`. A time in the future, by a clock that was set back, is just now. */
export function ago(ms: number): string {
  return ms < 60_000 ? 'just now' : `${duration(ms)} ago`
}

/** `1 change`, `2 changes`, `no change` */
export function count(n: number, noun: string): string {
  return `${n === 0 ? 'no' : n} ${noun}${n > 1 ? 's' : ''}`
}

/** `99.91 %`. Rounded down, so that 100 % means all of it. */
export function percent(part: number): string {
  const digits = part > 0.999 && part < 1 ? 2 : part === 1 ? 0 : 1
  return `${(Math.floor(part * 100 * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits)} %`
}
