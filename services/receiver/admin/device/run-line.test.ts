import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import fc from 'fast-check'
import { envFileLines, runLine } from './run-line.ts'

const device = parseDeviceName('home')

test('a shell passes any secret to docker unchanged', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]( ?[!-~]){0,40}$/), secret => {
      const line = runLine({ server: null, port: 8080, device, secret })
      const words = execFileSync('/bin/sh', ['-c', line.replace('docker run', 'printf "%s\\n"')], {
        encoding: 'utf8',
      })
      assert.ok(words.split('\n').includes(`SECRET=${secret}`), words)
    }),
    { numRuns: 30 },
  )
})

test('the lines for --env-file hold any secret without quotes', () => {
  const secret = `it's "quoted" and $spaced`
  assert.deepEqual(envFileLines({ server: null, port: 8080, device, secret }), [
    'SERVER_URL=http://YOUR-SERVER:8080',
    'DEVICE=home',
    `SECRET=${secret}`,
  ])
})

test('the server is named as in PUBLIC_URL, without the slash at its end', () => {
  const line = runLine({ server: new URL('https://example.org/ddns/'), port: 8080, device, secret: 'x' })
  assert.match(line, / -e SERVER_URL=https:\/\/example\.org\/ddns -e /)
})
