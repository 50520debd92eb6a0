import type { Plugin } from 'esbuild'

/** got can speak HTTP/2, and we never ask it to: without that part `node:http2` is never loaded, which is 8 ms. */
export const noHttp2: Plugin = {
  name: 'no-http2',
  setup(build) {
    build.onLoad({ filter: /got\/dist\/source\/core\/utils\/http2-client\.js$/ }, () => ({
      contents: 'export default {}',
    }))
  },
}
