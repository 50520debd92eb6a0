import type { Address, ObservedAddress } from '@ipupdater/protocol'
import { parseEmptyBody } from '@ipupdater/protocol'
import { assertKnown } from '../report/check-report.ts'
import type { Source } from '../source/client-address.ts'
import type { RateLimits } from '../source/rate-limits.ts'
import { limitKey } from '../source/rate-limits.ts'
import type { AuthenticatedDevice } from './authenticate.ts'

export interface AnswerIpDeps {
  readonly now: () => number
  readonly isMasked: (address: Address) => boolean
  readonly limits: Pick<RateLimits, 'assertSignedLeft' | 'consumeSigned'>
}

/**
 * `POST /ip`: the address at which the server sees the device, and the server's time.
 * A private address is answered too. Whether it may be recorded is decided when the update comes.
 */
export function answerIp(
  { request }: AuthenticatedDevice,
  source: Source,
  deps: AnswerIpDeps,
): ObservedAddress {
  const prefix = limitKey(source)
  deps.limits.assertSignedLeft(request.device, prefix)
  deps.limits.consumeSigned(request.device, prefix)
  parseEmptyBody(request.proof.body)
  const address = assertKnown(source, deps.isMasked)
  return { address, timestamp: deps.now() }
}
