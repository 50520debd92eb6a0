import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { ClientError } from './errors.ts'

test('the detail of an error stays on its line', () => {
  const { message, detail } = new ClientError('not-http', { detail: 'a\nWARN forged\u001b[2J' })
  assert.equal(detail, 'a\\u000aWARN forged\\u001b[2J')
  assert.ok(message.includes('(a\\u000aWARN forged\\u001b[2J)'))
})

test('what the program writes, from the environment or from a flag, has no control character', () => {
  const evil = '\u001b[31m\u009b\u202e'
  const program = join(import.meta.dirname, 'main.ts')
  const env = { SERVER_URL: `http://a/${evil}x y`, FAMILY: evil, PATH: process.env.PATH ?? '' }
  for (const args of [
    ['update'],
    ['update', '--json'],
    ['get', evil, '--viewer', evil],
    [evil],
    ['update', `--${evil}`],
  ]) {
    const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' })
    assert.notEqual(stdout + stderr, '')
    assert.match(stdout + stderr, /^(?:\n|[^\p{C}\p{Zl}\p{Zp}])*$/u)
  }
})
