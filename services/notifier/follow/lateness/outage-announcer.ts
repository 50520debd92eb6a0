import type { DeviceName } from '@ipupdater/protocol'
import type { DeviceSummary, Reader } from '@ipupdater/storage'
import type { NotifierEvent } from '../../event.ts'
import { eventId } from '../../event.ts'
import type { Outage } from '../../outbox/announced-outages.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { Audience } from '../audience.ts'
import type { Finding } from './assess.ts'
import { addressesOf, lateEvent, many, recoveredEvent, silentEvent } from './outage-events.ts'

export interface OutageAnnouncerDeps {
  readonly reader: Pick<Reader, 'currentOf' | 'devicesNamed' | 'stateAt'>
  readonly outbox: Outbox
  readonly audience: Audience
}

export interface LateDevice {
  readonly device: DeviceSummary
  readonly lateAt: number
  readonly since: number
}

/** Turns findings into announcements: one by one, or many devices in one message. */
export class OutageAnnouncer {
  readonly #deps: OutageAnnouncerDeps
  readonly #late = new Batch<DeviceName, LateDevice>()
  /** By the group that they were announced in; those announced alone are in `ALONE`. */
  readonly #recovered = new Map<number, Batch<DeviceName, Outage>>()
  #silent: Outage[] = []

  constructor(deps: OutageAnnouncerDeps) {
    this.#deps = deps
  }

  note(device: DeviceSummary, finding: Finding, outage: Outage | null, now: number): void {
    if (finding.kind === 'late') this.#late.add(device.device, { ...finding, device }, now)
    else this.#late.delete(device.device)
    if (outage === null) return
    if (finding.kind === 'silent') this.#silent.push(outage)
    if (finding.kind !== 'recovered') return
    const group = outage.groupDue ?? ALONE
    const batch = this.#recovered.get(group) ?? new Batch()
    batch.add(outage.device, outage, now)
    this.#recovered.set(group, batch)
  }

  /**
   * `asOf`: the receiver's last sign of life. `expected`: how many devices should report, the late ones included;
   * null: not known yet.
   */
  async announce(now: number, asOf: number, expected: number | null): Promise<void> {
    const silent = this.#silent
    this.#silent = []
    await this.#announceSilent(silent, asOf)
    for (const [group, batch] of this.#recovered) {
      if (group !== ALONE && !batch.isComplete(now)) continue
      await this.#announceRecovered(batch.values(), group, now)
      this.#recovered.delete(group)
    }
    // Fewer devices cannot become one message, so they need not wait for each other.
    if (expected === null || this.#late.size === 0) return
    if (expected < MANY || this.#late.isComplete(now)) {
      await this.#announceLate(await this.#existing(this.#late.values()), expected)
      this.#late.clear()
    }
  }

  /** Without those that were deleted in the meantime. */
  async #existing(late: readonly LateDevice[]): Promise<LateDevice[]> {
    const found = await this.#deps.reader.devicesNamed(late.map(({ device }) => device.device))
    const names = new Set(found.map(({ device }) => device))
    return late.filter(({ device }) => names.has(device.device))
  }

  async #announceLate(late: readonly LateDevice[], expected: number): Promise<void> {
    if (isOneMessage(late.length, expected)) {
      const group = many(late.map(({ device }) => ({ device: device.device, due: device.dueAt ?? 0 })))
      const at = Math.max(...late.map(({ lateAt }) => lateAt))
      const event = {
        id: eventId('devices.late', group.due),
        type: 'devices.late',
        at,
        expected,
        ...group,
      } as const
      // All of them become silent at the same moment, and so in one message again.
      const since = Math.min(...late.map(each => each.since))
      return this.#commit(
        [event],
        late.map(({ device }) => outageOf(device, since, group.due)),
      )
    }
    const events = []
    for (const { device, lateAt } of late) {
      events.push(lateEvent(device, lateAt, await addressesOf(this.#deps.reader, device.device)))
    }
    await this.#commit(
      events,
      late.map(({ device, since }) => outageOf(device, since, null)),
    )
  }

  async #announceSilent(silent: readonly Outage[], asOf: number): Promise<void> {
    const groups = new Set(silent.flatMap(({ groupDue }) => groupDue ?? []))
    for (const groupDue of groups) {
      const outages = await this.#deps.outbox.transaction(t => t.outagesOfGroup(groupDue))
      const reminder = Math.max(
        ...silent.filter(each => each.groupDue === groupDue).map(each => each.messages),
      )
      const together = outages.filter(({ messages }) => messages === reminder)
      const id = eventId('devices.silent', groupDue, reminder)
      const event = { id, type: 'devices.silent', at: asOf, reminder, ...many(together) } as const
      await this.#commit([event], together.map(announcedAgain))
    }
    for (const outage of silent.filter(({ groupDue }) => groupDue === null)) {
      const addresses = await addressesOf(this.#deps.reader, outage.device)
      await this.#commit([silentEvent(outage, asOf, addresses)], [announcedAgain(outage)])
    }
  }

  async #announceRecovered(outages: readonly Outage[], group: number, now: number): Promise<void> {
    const ended = outages.map(({ device }) => device)
    if (group !== ALONE && outages.length > 1) {
      const id = eventId('devices.recovered', group, now)
      return this.#commit([{ id, type: 'devices.recovered', at: now, ...many(outages) }], [], ended)
    }
    const events = []
    for (const outage of outages) events.push(await recoveredEvent(outage, this.#deps.reader))
    await this.#commit(events, [], ended)
  }

  /** The events, their messages and what is remembered, in one transaction. */
  async #commit(
    events: readonly NotifierEvent[],
    outages: readonly Outage[],
    ended: readonly DeviceName[] = [],
  ): Promise<void> {
    const { outbox, audience } = this.#deps
    await outbox.transaction(async t => {
      await t.saveOutages(outages)
      await t.endOutages(ended)
      for (const event of events) {
        if (await t.add(event)) for (const channel of audience.alerts(event)) await t.put(event, channel)
      }
    })
  }
}

const ALONE = -1
const MANY = 5
const TOO_MANY = 50

/** At least five devices, and half of those expected. From fifty on, always: a message for each is too many to read. */
function isOneMessage(late: number, expected: number): boolean {
  return late >= TOO_MANY || (late >= MANY && late * 2 >= expected)
}

function outageOf(
  { device, dueAt, lastSeen }: DeviceSummary,
  since: number,
  groupDue: number | null,
): Outage {
  return { device, due: dueAt ?? lastSeen, lastSeen, since, groupDue, messages: 0 }
}

function announcedAgain(outage: Outage): Outage {
  return { ...outage, messages: outage.messages + 1 }
}

/** What comes within a minute of the first belongs together. By key, so that finding it again changes nothing. */
class Batch<Key, Value> {
  readonly #found = new Map<Key, Value>()
  #since = 0

  get size(): number {
    return this.#found.size
  }

  add(key: Key, value: Value, now: number): void {
    if (this.#found.size === 0) this.#since = now
    this.#found.set(key, value)
  }

  delete(key: Key): void {
    this.#found.delete(key)
  }

  isComplete(now: number): boolean {
    return this.#found.size > 0 && now - this.#since >= BATCH_MS
  }

  values(): Value[] {
    return [...this.#found.values()]
  }

  clear(): void {
    this.#found.clear()
  }
}

const BATCH_MS = 60_000
