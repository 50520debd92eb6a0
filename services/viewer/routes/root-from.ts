/**
 * From a page to the root, as a relative reference. The path that we see need not be the one that the browser
 * sees (a proxy may have taken off "/ip"), but both end alike, and that is all that a relative reference needs.
 */
export function rootFrom(path: string): string {
  const depth = path.split('/').length - 2
  return depth > 0 ? '../'.repeat(depth) : './'
}
