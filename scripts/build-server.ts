/**
 * `npm run build:server`: the programs of the server as its image runs them, a file each in `dist/`, with the one package
 * that cannot be in it. The sources do the same, and take twice as long to start: they are some six hundred files. Not
 * minified: the stack of a fault names functions.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { build } from 'esbuild'
import { copyPackage } from './copy-package.ts'

/** Knex speaks to a dozen databases, each through a library of its own; two of those are here. */
const ourDatabases: Plugin = {
  name: 'our-databases',
  setup({ onLoad }) {
    onLoad({ filter: /\/knex\/lib\/dialects\/[^/]+\/index\.js$/ }, ({ path }) =>
      /\/(sqlite3|postgres)\//.test(path) ? null : { contents: '' },
    )
  },
}

const root = join(import.meta.dirname, '..')
const outdir = join(root, 'dist')
rmSync(outdir, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: {
    receiver: 'services/receiver/main.ts',
    'ipupdater-admin': 'services/receiver/admin/main.ts',
    viewer: 'services/viewer/main.ts',
    'ipupdater-notifier': 'services/notifier/main.ts',
  },
  outdir,
  outExtension: { '.js': '.cjs' },
  // A script: `require` loads of Node's modules what is used, `import` all of it, such as the whole of fetch.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  bundle: true,
  platform: 'node',
  target: 'node24',
  external: [
    'sqlite3', // has a compiled module
    'pg-native', // the same, which pg asks for only where it is wanted
  ],
  legalComments: 'linked',
  plugins: [ourDatabases],
  logLevel: 'warning',
})
copyPackage('sqlite3', join(root, 'node_modules'), join(outdir, 'node_modules'))
