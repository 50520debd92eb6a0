import type { Address, Sighting } from '@ipupdater/protocol'
import { parseEmptyBody } from '@ipupdater/protocol'
import type { Caller } from './caller.ts'
import { assertKnown } from './source-rules.ts'

export interface AnswerIpDeps {
  readonly now: () => number
  readonly isMasked: (address: Address) => boolean
}

/**
 * `POST /ip`, from a caller whose signature holds: the address it is seen at, and the time.
 * A private address is told too: whether it may be recorded is decided when it is sent back.
 */
export function answerIp(caller: Caller, deps: AnswerIpDeps): Sighting {
  parseEmptyBody(caller.request.proof.body)
  const address = assertKnown(caller.source, deps.isMasked)
  return { address, timestamp: deps.now() }
}
