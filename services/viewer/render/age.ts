const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** How long ago, in the one unit that tells most: `just now`, `3 min ago`, `26 h ago`, `12 d ago`. */
export function age(sinceMs: number): string {
  for (const [name, unitMs] of units) {
    // Two of the larger unit before it takes over: "26 h" says more than "1 d".
    const from = name === 'min' ? unitMs : 2 * unitMs
    if (sinceMs >= from) return `${Math.floor(sinceMs / unitMs)} ${name} ago`
  }
  return 'just now'
}
