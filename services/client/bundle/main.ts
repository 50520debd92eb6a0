import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BuildOptions } from 'esbuild'
import { build } from 'esbuild'
import { lazyBuiltins } from './lazy-builtins.ts'
import { noHttp2 } from './no-http2.ts'
import { ownRooms } from './own-rooms.ts'

/**
 * `npm run build:client`: the client in two files, as its image runs it. In one file commands are still loaded
 * one by one (esbuild keeps what `import()` asks for in a function), and Node.js has nothing to look up.
 */
const room = join(import.meta.dirname, '..')
const common: BuildOptions = {
  absWorkingDir: room,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
}

rmSync(join(room, 'dist'), { recursive: true, force: true })
await build({
  ...common,
  entryPoints: ['program.ts'],
  inject: ['bundle/never-used.ts'],
  define: { 'Intl.ListFormat': 'ListFormat' },
  plugins: [ownRooms, lazyBuiltins, noHttp2],
})
// What switches the compile cache on must stand outside of what is to be cached.
await build({
  ...common,
  entryPoints: { ipupdater: 'main.ts' },
  plugins: [
    {
      name: 'program-apart',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/program\.ts$/ }, () => ({ path: './program.mjs', external: true })),
    },
  ],
})
