import assert from 'node:assert/strict'
import { PROBLEMS } from '@ipupdater/protocol'
import type { StorageErrorCode } from '@ipupdater/storage'
import { reportOnce } from '../../fixtures/client-reports.ts'
import type { Server } from '../../fixtures/programs.ts'
import { eventually } from '../../fixtures/shell.ts'
import type { Reporter } from '../traffic/reporter.ts'
import { report } from '../traffic/reporter.ts'
import { openWire } from '../traffic/wire.ts'

/**
 * The receiver refuses updates for now, in words that a device understands: a signed 503, for which the real client
 * ends with 75, "later". And it says so wherever one looks.
 */
export async function assertPutOff(
  receiver: Server,
  reporter: Reporter,
  cause: StorageErrorCode,
): Promise<void> {
  using wire = openWire(receiver.port)
  assert.equal(await report(reporter, wire, reporter.newAddress()), 'storage-unavailable')

  const client = await reportOnce({
    server: `http://[::1]:${receiver.port}`, // 127.0.0.0/8 are proxies here, which have to name a client
    device: reporter.device,
    settings: { FAMILY: '6', STATUS_FILE: '/dev/null' },
  })
  assert.deepEqual([client.exit, client.failures, client.done], [75, ['storage-unavailable'], undefined])
  const [attempt] = client.attempts
  const { title } = PROBLEMS['storage-unavailable']
  assert.ok(
    attempt?.message?.startsWith(`${title} (the database cannot be written: ${cause}). `),
    attempt?.message,
  )

  assert.equal((await fetch(`${receiver.url}/healthz`)).status, 200)
  // On a volume that is all but full the first look may just find room for itself.
  await eventually(async () => {
    const ready = await fetch(`${receiver.url}/readyz`)
    const { code } = (await ready.json()) as { code: string }
    assert.deepEqual([ready.status, code], [503, 'storage-unavailable'])
  })
}
