import type { Plugin } from 'esbuild'

/** Features of got that the client never uses. Each takes milliseconds to load. */
const UNUSED: Readonly<Record<string, string>> = {
  'cacheable-request/dist/index.js': 'export default class {}; export class CacheError {}',
  'got/dist/source/core/utils/decompress-response.js': 'export default response => response',
  'got/dist/source/core/utils/dns-cache.js': 'export default class {}',
  'got/dist/source/core/utils/http2-client.js': 'export default {}',
}

/** Leaves out caching, decompression, the DNS cache and HTTP/2. */
export const without: Plugin = {
  name: 'without',
  setup(build) {
    build.onLoad({ filter: /\/node_modules\/(got|cacheable-request)\/.*\.js$/ }, ({ path }) => {
      const contents = UNUSED[path.slice(path.lastIndexOf('/node_modules/') + '/node_modules/'.length)]
      return contents === undefined ? null : { contents }
    })
  },
}
