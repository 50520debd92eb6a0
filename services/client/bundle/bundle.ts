import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { build } from 'esbuild'
import { builtins } from './builtins.ts'
import { ownRooms } from './own-rooms.ts'
import { without } from './without.ts'

/**
 * The client as its image runs it: `ipupdater.cjs`, and `run.cjs` for the command that waits, whose cron and log
 * would delay the others. The sources do the same and start more slowly. Each command is still loaded when it runs:
 * esbuild keeps what `import()` loads in a function.
 */
export async function bundle(directory: string): Promise<void> {
  const room = join(import.meta.dirname, '..')
  await build({
    absWorkingDir: room,
    entryPoints: { ipupdater: 'main.ts', run: 'bundle/run-apart.ts' },
    outdir: directory,
    // Node.js starts a script some milliseconds faster than a module.
    format: 'cjs',
    supported: { 'dynamic-import': false },
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    minify: true,
    legalComments: 'linked',
    inject: ['bundle/never-used.ts'],
    define: { 'Intl.ListFormat': 'ListFormat' },
    plugins: [runApart, builtins, ownRooms, without],
    logLevel: 'warning',
  })
}

const runApart: Plugin = {
  name: 'run-apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/commands\/run\.ts$/ }, () => ({ path: './run.cjs', external: true }))
  },
}
