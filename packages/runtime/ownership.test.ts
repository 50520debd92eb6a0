import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chownAdvice } from './ownership.ts'

const us = `${process.geteuid?.()}:${process.getegid?.()}`

test('in a container the advice is a Compose command that fixes the owner, and how to start again', () => {
  const advice = chownAdvice(['/data', '/keys'], 'receiver', true)
  assert.match(advice, new RegExp(`^ {2}docker compose run .* receiver -R ${us} /data /keys$`, 'm'))
  assert.match(advice, /^ {2}docker compose restart receiver$/m)
})

test('without a container the advice never mentions Docker', () => {
  const advice = chownAdvice(['/srv/data'], 'receiver', false)
  assert.equal(advice, `make this program the owner, then start it again:\n  sudo chown -R ${us} /srv/data`)
})
