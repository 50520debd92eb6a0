import type { Plugin } from 'esbuild'

/** Slow to load, and needed late or never: plain HTTP needs nothing of TLS. */
const LATE: ReadonlySet<string> = new Set(
  ['child_process', 'crypto', 'dns', 'http', 'http2', 'https', 'tls', 'zlib'].map(name => `node:${name}`),
)

/**
 * Built-in modules by `process.getBuiltinModule`, and only those of their exports that are used. An `import`
 * would evaluate them all, and one of `node:http` loads the whole of fetch: 25 ms for nothing. The costly ones
 * are loaded when something of them is called.
 */
export const builtins: Plugin = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^(node:|buffer$)/ }, ({ path }) => ({
      path,
      namespace: 'builtin',
      sideEffects: false,
    }))
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({ contents: standIn(path) }))
  },
}

/** An ES module in which each export is pure, so that esbuild leaves out what is not imported. */
function standIn(path: string): string {
  const builtin = process.getBuiltinModule(path) ?? {}
  const names = Object.keys(builtin).filter(name => name !== 'default')
  const take = (value: unknown) => {
    if (!LATE.has(path)) return 'atOnce'
    return typeof value === 'function' ? 'whenCalled' : 'whenRead'
  }
  return [
    `const load = () => process.getBuiltinModule(${JSON.stringify(path)})`,
    HOW_TO_TAKE,
    `export default /* @__PURE__ */ ${take(builtin)}(load)`,
    ...names.map(
      name =>
        `export const ${name} = /* @__PURE__ */ ${take(Reflect.get(builtin, name))}(() => load().${name})`,
    ),
  ].join('\n')
}

const HOW_TO_TAKE = `
const atOnce = get => get()
const whenCalled = get => function (...args) { return new.target ? new (get())(...args) : get()(...args) }
const whenRead = get => new Proxy({}, { get: (_, name) => get()[name] })
`
