import type { DeviceName, ProblemCode, Receipt } from '@ipupdater/protocol'
import { familyName, familyOf } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'

/** What has come of each exchange. The log shows changes; refusals it has from the request log already. */
export interface Journal {
  accepted(device: DeviceName, receipt: Receipt): void
  refused(code: ProblemCode): void
  /** When the last update was accepted, or null: none since the start. */
  acceptedAt(): number | null
  /** How many callers Docker has hidden since the start; `ipupdater-admin doctor` asks. */
  maskedSources(): number
}

/** What is counted, where metrics are wanted. */
export interface Counts {
  accepted(result: Receipt['result']): void
  refused(code: ProblemCode): void
}

export function createJournal(o: { log: Log; counts: Counts | null; now: () => number }): Journal {
  const { log, counts, now } = o
  let acceptedAt: number | null = null
  let maskedSources = 0
  return {
    accepted(device, { result, address }) {
      acceptedAt = now()
      counts?.accepted(result)
      if (result === 'new')
        log.info('new address', { device, family: familyName(familyOf(address)), address })
    },
    refused(code) {
      if (code === 'source-masked') maskedSources += 1
      counts?.refused(code)
    },
    acceptedAt: () => acceptedAt,
    maskedSources: () => maskedSources,
  }
}
