import assert from 'node:assert/strict'
import type { Volumes } from '../../fixtures/programs.ts'
import { beginReceiver } from '../../fixtures/programs.ts'
import { trafficSettings } from '../traffic/reporter.ts'

/** Starts a receiver that cannot: it ends with 2, "yours to mend". What it says of it. */
export async function refusedStart(
  volumes: Pick<Volumes, 'dataDir' | 'keysDir'>,
  user?: number,
): Promise<string> {
  const receiver = beginReceiver(volumes, trafficSettings, user)
  assert.deepEqual(await receiver.ended, { code: 2, signal: null }, receiver.output())
  const [, told = ''] = /^Cannot start: (.*)/ms.exec(receiver.output()) ?? []
  assert.match(told, /\nWhat to do: /)
  assert.doesNotMatch(told, /\n {4}at /) // for who keeps the server, not for who wrote it
  return told
}
