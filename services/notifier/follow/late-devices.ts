import type { DeviceName } from '@ipupdater/protocol'
import type { DeviceSummary, Reader } from '@ipupdater/storage'
import { dueAt, lateAfter } from '@ipupdater/storage'
import type { Outage } from '../outbox/announced-outages.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { DeviceState, Watched } from './deadline-heap.ts'
import { DeadlineHeap } from './deadline-heap.ts'
import type { Finding, JudgeRules } from './judge.ts'
import { judge } from './judge.ts'
import type { Liveness } from './liveness.ts'
import type { OutageNews } from './outage-news.ts'

export interface LateDevicesDeps {
  readonly reader: Pick<Reader, 'devices' | 'devicesNamed'>
  readonly outbox: Outbox
  readonly rules: JudgeRules
  readonly news: OutageNews
}

/** Lateness begins without any report arriving, so every device is looked at when its deadline has passed. */
export class LateDevices {
  readonly #deps: LateDevicesDeps
  readonly #heap = new DeadlineHeap()
  #newestReport = 0
  #loadedUpTo: DeviceName | null = null

  constructor(deps: LateDevicesDeps) {
    this.#deps = deps
  }

  /** The newest report of any device that was read. */
  get newestReport(): number {
    return this.#newestReport
  }

  /** Reads every device once. If it fails, another call goes on where it stopped. */
  async load(now: number, liveness: Liveness): Promise<void> {
    const { reader, outbox, rules } = this.#deps
    do {
      const after = this.#loadedUpTo
      const page = await reader.devices({ limit: LOAD_PAGE, ...(after === null ? {} : { after }) })
      const names = page.devices.map(({ device }) => device)
      const late = new Set((await outbox.transaction(t => t.outagesOf(names))).map(({ device }) => device))
      for (const summary of page.devices) {
        const { device, lastSeen } = summary
        this.#newestReport = Math.max(this.#newestReport, lastSeen)
        const finding = judge(summary, null, liveness, rules)
        if (late.has(device)) this.#heap.add(device, lastSeen, 'late', now)
        else this.#heap.add(device, lastSeen, stateOf(finding), nextLook(finding, now))
      }
      this.#loadedUpTo = page.next
    } while (this.#loadedUpTo !== null)
  }

  /** A device that may be new. */
  add(device: DeviceName, lastSeen: number, now: number): void {
    if (!this.#heap.has(device)) this.#heap.add(device, lastSeen, 'no-deadline', now)
  }

  /** Looks at the devices that are due, and announces what is found. */
  async look(now: number, liveness: Liveness): Promise<void> {
    const { news, rules } = this.#deps
    const due = this.#heap.takeDue(now, LOOK_LIMIT)
    const looks = await this.#read(due).catch(error => {
      for (const { slot, lastSeen, state } of due) this.#heap.putBack(slot, lastSeen, state, now + SOON_MS)
      throw error
    })
    for (const { watched, device, outage } of looks) {
      const finding = judge(device, outage, liveness, rules)
      this.#newestReport = Math.max(this.#newestReport, device.lastSeen)
      this.#heap.putBack(watched.slot, device.lastSeen, stateOf(finding), nextLook(finding, now))
      news.note(device, finding, outage, now)
    }
    await news.announce(now, liveness.touchedAt, this.#heap.count('expected'))
  }

  async #read(due: readonly Watched[]): Promise<Look[]> {
    if (due.length === 0) return []
    const { reader, outbox } = this.#deps
    const names = due.map(({ device }) => device)
    const devices = new Map((await reader.devicesNamed(names)).map(device => [device.device, device]))
    const outages = new Map(
      (await outbox.transaction(t => t.outagesOf(names))).map(outage => [outage.device, outage]),
    )
    return due.map(watched => ({
      watched,
      device: asSeen(devices.get(watched.device), watched),
      outage: outages.get(watched.device) ?? null,
    }))
  }
}

interface Look {
  readonly watched: Watched
  readonly device: DeviceSummary
  /** What was announced of it. */
  readonly outage: Outage | null
}

const LOAD_PAGE = 1_000
/** What is due beyond this waits for the next round. */
const LOOK_LIMIT = 2_000
/** A device that is late is looked at so often. */
const SOON_MS = 10_000
/** A deadline that has just passed is looked at again so soon, until the receiver's next sign of life. */
const RETRY_MS = 5_000
/** A device may shorten its interval, so even a distant deadline is looked at so often. */
const AT_LATEST_MS = 600_000

/** One that is late but not announced yet still counts as expected. */
function stateOf(finding: Finding): DeviceState {
  if (finding.kind === 'fine' && finding.deadline === null) return 'no-deadline'
  return ['fine', 'late', 'recovered'].includes(finding.kind) ? 'expected' : 'late'
}

function nextLook(finding: Finding, now: number): number {
  if (finding.kind === 'old-news') return now + AT_LATEST_MS
  if (finding.kind !== 'fine') return now + SOON_MS
  const deadline = finding.deadline ?? Number.POSITIVE_INFINITY
  return Math.min(Math.max(deadline, now + RETRY_MS), now + AT_LATEST_MS)
}

/** A restored database knows less than we do: the newest report that was ever read counts on. */
function asSeen(read: DeviceSummary | undefined, { device, lastSeen }: Watched): DeviceSummary {
  if (read === undefined)
    return { device, lastSeen, interval: null, dueAt: null, lateAfter: null, skewMs: 0, secretAdded: 0 }
  if (lastSeen <= read.lastSeen) return read
  const { interval } = read
  return { ...read, lastSeen, dueAt: dueAt(lastSeen, interval), lateAfter: lateAfter(lastSeen, interval) }
}
