import type { DeviceName } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import type { Outage } from '../../outbox/announced-outages.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { Finding, LatenessRules } from './assess.ts'
import { assess } from './assess.ts'
import type { Portion } from './device-sweep.ts'
import type { Liveness } from './liveness.ts'
import type { OutageAnnouncer } from './outage-announcer.ts'

export interface LateDevicesDeps {
  readonly outbox: Outbox
  readonly rules: LatenessRules
  readonly announcer: OutageAnnouncer
  readonly log: Log
}

/** Assesses all devices of a sweep. */
export class LateDevices {
  readonly #deps: LateDevicesDeps
  #expectedSoFar = 0
  #expected: number | null = null

  constructor(deps: LateDevicesDeps) {
    this.#deps = deps
  }

  /** How many devices should report, the late ones included; null: not all devices were looked at yet. */
  get expected(): number | null {
    return this.#expected
  }

  async look(portion: Portion, liveness: Liveness, now: number): Promise<void> {
    const { rules, announcer } = this.#deps
    const outages = await this.#outagesOf(portion, liveness)
    if (portion.after === null) this.#expectedSoFar = 0
    for (const device of portion.devices) {
      const outage = outages.get(device.device) ?? null
      const finding = assess(device, outage, liveness, rules)
      if (isExpected(finding)) this.#expectedSoFar++
      announcer.note(device, finding, outage, now)
    }
    if (portion.upTo === null) this.#expected = this.#expectedSoFar
  }

  /** What was announced of these devices. What was announced of a device that was deleted since is forgotten. */
  async #outagesOf(portion: Portion, liveness: Liveness): Promise<Map<DeviceName, Outage>> {
    const { after, upTo, devices } = portion
    const existing = devices.map(({ device }) => device)
    const { outages, gone } = await this.#deps.outbox.transaction(async t => {
      const announced = new Map((await t.outagesBetween(after, upTo)).map(each => [each.device, each]))
      const deleted = new Set(announced.keys()).difference(new Set(existing))
      if (deleted.size > 0) await t.endOutages([...deleted])
      // In a database that was just restored, devices may be missing until they report again.
      const isSettled = liveness.touchedAt - liveness.upSince >= SETTLED_MS
      if (isSettled) await t.keepAddressesOf(existing, after, upTo)
      return { outages: announced, gone: deleted }
    })
    for (const device of gone) this.#deps.log.info('a late device was deleted', { device })
    return outages
  }
}

const SETTLED_MS = 3_600_000

/** A device that is late but not announced yet still counts. */
function isExpected(finding: Finding): boolean {
  if (finding.kind === 'fine') return finding.deadline !== null
  return finding.kind === 'late' || finding.kind === 'recovered'
}
