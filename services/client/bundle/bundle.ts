import { join } from 'node:path'
import { build } from 'esbuild'
import { builtins } from './builtins.ts'
import { ownRooms } from './own-rooms.ts'
import { without } from './without.ts'

/**
 * The client in one file, `ipupdater.cjs`, as its image runs it; the sources do the same, and start slower.
 * Commands are still loaded one by one: what `import()` asks for, esbuild keeps in a function.
 */
export async function bundle(directory: string): Promise<void> {
  await build({
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: { ipupdater: 'main.ts' },
    outdir: directory,
    // Node.js starts a script some milliseconds faster than a module.
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    minify: true,
    legalComments: 'linked',
    inject: ['bundle/never-used.ts'],
    define: { 'Intl.ListFormat': 'ListFormat' },
    plugins: [builtins, ownRooms, without],
    logLevel: 'warning',
  })
}
