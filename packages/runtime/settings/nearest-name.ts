/**
 * The name that `given` was probably meant to be: equal except for case, one typing error, or two in a name of
 * eight or more letters. A short name gets only one, so that HOME is not taken for HOST.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const upper = given.toUpperCase()
  return names.find(name => {
    if (name === upper) return true
    if (name.length < 4) return false
    return typingErrors(upper, name) <= (name.length < 8 ? 1 : 2)
  })
}

/** Letters added, left out, replaced, or swapped with their neighbour (optimal string alignment). */
function typingErrors(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3 // more than any caller accepts
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(replaced, at(above, j) + 1, at(row, j - 1) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(before, j - 2) + 1)
      }
      row.push(least)
    }
    before = above
    above = row
  }
  return at(above, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
