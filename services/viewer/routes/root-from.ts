/**
 * The relative reference from a page to the root. The path here need not be the one in the browser, because a
 * proxy may have removed a prefix such as "/ip". Both have the same end, and a relative reference needs no more.
 */
export function rootFrom(path: string): string {
  const depth = path.split('/').length - 2
  return depth > 0 ? '../'.repeat(depth) : './'
}
