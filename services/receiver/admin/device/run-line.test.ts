import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { parseDeviceName } from '@ipupdater/protocol'
import fc from 'fast-check'
import { runLine } from './run-line.ts'

const device = parseDeviceName('home')

test('whatever the secret, a shell hands it to docker as it is', () => {
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

test('the server is named as PUBLIC_URL has it, without the slash at its end', () => {
  const line = runLine({ server: new URL('https://example.org/ddns/'), port: 8080, device, secret: 'x' })
  assert.match(line, / -e SERVER_URL=https:\/\/example\.org\/ddns -e /)
})
