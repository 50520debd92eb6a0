import type { Plugin } from 'esbuild'

/**
 * Built-in modules by `process.getBuiltinModule`, each at its first use. An `import` of one would evaluate every
 * export that it has, and `node:http` has one that loads all of fetch: 25 ms for nothing.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^(node:|buffer$)/ }, ({ path }) => ({ path, namespace: 'builtin' }))
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({ contents: standIn(path) }))
  },
}

function standIn(path: string): string {
  const load = `process.getBuiltinModule(${JSON.stringify(path)})`
  const module = process.getBuiltinModule(path)
  // A module that is itself a function, such as node:events, cannot be stood in for; those few cost nothing.
  if (typeof module !== 'object') return `module.exports = ${load}`
  const names = JSON.stringify(Object.keys(module))
  return `for (const name of ${names}) Object.defineProperty(exports, name, { enumerable: true, get: () => ${load}[name] })`
}
