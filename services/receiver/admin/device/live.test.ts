import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeUpdate, parseObservedAddress } from '@ipupdater/protocol'
import { adminFixture } from '../../fixtures/admin.ts'
import { signed } from '../../fixtures/device.ts'
import { sendTo } from '../../fixtures/http.ts'

/** The real receiver on these volumes. */
async function startReceiver(t: TestContext, env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../..', 'main.ts')], {
    env: { ...env, HOST: '127.0.0.1', PORT: '0', ALLOW_PRIVATE_ADDRESSES: 'true', RATE_LIMIT_FAILURES: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(async () => {
    child.kill('SIGTERM')
    await once(child, 'close')
  })
  for await (const line of createInterface(child.stdout)) {
    const port = /ready url=\S+:(\d+)/.exec(line)?.[1]
    if (port !== undefined) return Number(port)
  }
  return assert.fail('the receiver did not start')
}

/** Both steps of a report; the status of the last answer. */
async function report(port: number, secret: string): Promise<number> {
  const ask = await sendTo(port, '/ip', signed('ipupdater-ip', '{}', { secret }), { direct: true })
  if (ask.status !== 200) return ask.status
  const update = signed('ipupdater-update', encodeUpdate(parseObservedAddress(String(ask.body))), { secret })
  return (await sendTo(port, '/update', update, { direct: true })).status
}

/** Reports until the answer is as expected: the receiver follows within a second. */
async function untilReported(port: number, secret: string, status: number): Promise<void> {
  while ((await report(port, secret)) !== status) await sleep(50)
}

test('the running receiver follows: added, rotated by use, removed', { timeout: 60_000 }, async t => {
  const { admin, env } = adminFixture()
  const port = await startReceiver(t, env)
  const secretIn = (out: string) => /^ {2}(\S{43})$/m.exec(out)?.[1] ?? assert.fail(out)

  const first = secretIn((await admin(['device', 'add', 'home'])).out)
  await untilReported(port, first, 200)

  const second = secretIn((await admin(['device', 'rotate', 'home'])).out)
  assert.equal(await report(port, first), 200, 'the old secret holds')
  await untilReported(port, second, 200)
  assert.equal(await report(port, first), 401, 'the use of the new secret has ended the old one')
  while (!/ one$/m.test((await admin(['device', 'list'])).out)) await sleep(50)

  await admin(['device', 'remove', 'home'])
  await untilReported(port, second, 401)
})
