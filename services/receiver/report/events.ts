import type { DeviceName, ProblemCode, Receipt } from '@ipupdater/protocol'
import { familyName, familyOf } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'

/** What became of each request, for the log and the metrics. The request log has the refusals already. */
export interface Events {
  accepted(device: DeviceName, receipt: Receipt): void
  /** `not-newer` is not counted: anyone can cause it with the device's public message. */
  refused(code: ProblemCode): void
}

export interface Counts {
  accepted(result: Receipt['result']): void
  refused(code: ProblemCode): void
}

/** `counts` is null if METRICS_PORT is not set. */
export function createEvents({ log, counts }: { log: Log; counts: Counts | null }): Events {
  return {
    accepted(device, { result, address }) {
      counts?.accepted(result)
      if (result === 'new')
        log.info('new address', { device, family: familyName(familyOf(address)), address })
    },
    refused(code) {
      if (code !== 'not-newer') counts?.refused(code)
    },
  }
}
