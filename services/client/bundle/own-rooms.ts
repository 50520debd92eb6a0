import type { Plugin } from 'esbuild'

/** Our packages do nothing when they are loaded: what is not used of them may be left out of the bundle. */
export const ownRooms: Plugin = {
  name: 'own-rooms',
  setup(build) {
    build.onResolve({ filter: /^@ipupdater\/|^\.\/.*\.ts$/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === ownRooms) return null // our own question below
      const found = await build.resolve(path, { ...from, pluginData: ownRooms })
      return found.path.includes('/packages/') ? { path: found.path, sideEffects: false } : null
    })
  },
}
