import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rootFrom } from './root-from.ts'

test('from every page the way to the root is the same under a prefix as without', () => {
  for (const prefix of ['', '/ip', '/a/b']) {
    for (const path of [
      '/',
      '/getip',
      '/history',
      '/getip/home',
      '/history/home',
      '/no/such/page',
      '/getip/',
    ]) {
      const seenByBrowser = `https://example.org${prefix}${path}`
      assert.equal(new URL(rootFrom(path), seenByBrowser).pathname, `${prefix}/`)
    }
  }
})
