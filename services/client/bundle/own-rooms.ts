import type { Plugin } from 'esbuild'

/** Our packages have no side effects when they are loaded, so the bundle leaves out what is not used of them. */
export const ownRooms: Plugin = {
  name: 'own-rooms',
  setup(build) {
    build.onResolve({ filter: /^@ipupdater\/|^\.\/.*\.ts$/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === ownRooms) return null // the call below
      const found = await build.resolve(path, { ...from, pluginData: ownRooms })
      return found.path.includes('/packages/') ? { path: found.path, sideEffects: false } : null
    })
  },
}
