import assert from 'node:assert/strict'
import type { Volumes } from '../../fixtures/programs.ts'
import { beginReceiver } from '../../fixtures/programs.ts'
import { trafficSettings } from '../traffic/reporter.ts'

/** Starts a receiver that cannot start, expects exit code 2, and returns its message. */
export async function refusedStart(
  volumes: Pick<Volumes, 'dataDir' | 'keysDir'>,
  user?: number,
): Promise<string> {
  const receiver = beginReceiver(volumes, trafficSettings, user)
  assert.deepEqual(await receiver.ended, { code: 2, signal: null }, receiver.output())
  const [, message = ''] = /^Cannot start: (.*)/ms.exec(receiver.output()) ?? []
  assert.match(message, /\nWhat to do: /)
  assert.doesNotMatch(message, /\n {4}at /) // a stack trace does not help the operator
  return message
}
