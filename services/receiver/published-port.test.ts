import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOnLoopback, parsePublishedPort, publishedUrl, showPublishedPort } from './published-port.ts'

const published: [text: string, url: string, isOnLoopback: boolean][] = [
  ['8080', 'http://0.0.0.0:8080', false],
  ['127.0.0.1:9000', 'http://127.0.0.1:9000', true],
  ['[::1]:9000', 'http://[::1]:9000', true],
  ['192.0.2.1:80', 'http://192.0.2.1:80', false],
  ['65535', 'http://0.0.0.0:65535', false],
]
for (const [text, url, loopback] of published) {
  test(`RECEIVER_PORT=${text} is ${url}, ${loopback ? '' : 'not '}on loopback`, () => {
    const port = parsePublishedPort(text)
    assert.deepEqual([publishedUrl(port), isOnLoopback(port), showPublishedPort(port)], [url, loopback, text])
  })
}

for (const text of ['', 'x', '70000', '1.2.3:80', 'localhost:80', '::1:80', '8080:8080', '80x', '65536']) {
  test(`RECEIVER_PORT="${text}" is refused`, () => {
    assert.throws(() => parsePublishedPort(text), RangeError)
  })
}
