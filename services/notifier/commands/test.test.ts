import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import type { Context } from '../context.ts'
import { test as sendTest } from './test.ts'

test('what a mail server answers is printed as one line without control characters', async t => {
  const server = createServer(socket => socket.end('554 go\u001b[31m away\r\n')).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const dir = temporaryDirectory()
  const printed: string[] = []
  const context: Context = {
    env: {
      DATA_DIR: dir,
      NOTIFIER_DIR: dir,
      ALERT_SMTP_URL: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ALERT_MAIL_FROM: 'home@example.org',
      ALERT_MAIL_TO: 'owner@example.org',
    },
    now: Date.now,
    random: () => 0.5,
    sleep: async () => {},
    stdout: line => void printed.push(line),
    stderr: line => void printed.push(line),
  }
  assert.equal(await sendTest(undefined, context), 1)
  const [line = ''] = printed
  assert.match(line, /^mail: failed: .*554 go/)
  assert.doesNotMatch(line, /[^\P{Cc}]/u)
})
