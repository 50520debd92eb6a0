import type { DeviceName, ProblemCode, Receipt } from '@ipupdater/protocol'
import { familyName, familyOf } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'

/** What became of each request, for the log and the metrics. The request log has the refusals already. */
export interface Events {
  accepted(device: DeviceName, receipt: Receipt): void
  /** `not-newer` is not counted: anyone can cause it with the device's public message. */
  refused(code: ProblemCode): void
  /** When the last report was accepted, in ms since the epoch; null if there was none since the start. */
  acceptedAt(): number | null
  /** How many requests were refused as `source-masked` since the start. */
  maskedSources(): number
}

export interface Counts {
  accepted(result: Receipt['result']): void
  refused(code: ProblemCode): void
}

/** `counts` is null if METRICS_PORT is not set. */
export function createEvents(o: { log: Log; counts: Counts | null; now: () => number }): Events {
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
      if (code === 'not-newer') return
      if (code === 'source-masked') maskedSources += 1
      counts?.refused(code)
    },
    acceptedAt: () => acceptedAt,
    maskedSources: () => maskedSources,
  }
}
