import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localAdvice } from './local-advice.ts'

const advice = (code: Parameters<typeof localAdvice>[0], host: string, isInContainer: boolean) =>
  localAdvice(code, new URL(`http://${host}:8080/ip`), isInContainer).advice

for (const host of ['localhost', 'ddns.localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
  test(`${host} is this machine`, () => {
    for (const code of ['connection-refused', 'timed-out', 'no-route'] as const)
      assert.match(advice(code, host, true) ?? '', /^In a container, .* is the container itself\./)
    assert.match(advice('source-masked', host, false) ?? '', /Try from another machine/)
    assert.equal(advice('connection-refused', host, false), undefined)
    assert.equal(advice('connection-cut', host, true), undefined)
  })
}

for (const host of ['ddns.example.org', '192.0.2.1', '[2001:db8::1]', 'localhost.example.org']) {
  test(`${host} is another machine`, () => {
    assert.equal(advice('connection-refused', host, true), undefined)
    assert.equal(advice('source-masked', host, true), undefined)
  })
}
