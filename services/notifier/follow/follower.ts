import type { Log } from '@ipupdater/runtime'
import type { Reader } from '@ipupdater/storage'
import type { Channel } from '../channels/channel.ts'
import type { EventType } from '../event.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { readChanges } from './addresses/address-changes.ts'
import { releaseEvents } from './addresses/announce-change.ts'
import { endContests } from './addresses/contests.ts'
import { audienceOf } from './audience.ts'
import type { Portion } from './lateness/device-sweep.ts'
import { DeviceSweep } from './lateness/device-sweep.ts'
import { LateDevices } from './lateness/late-devices.ts'
import type { Liveness } from './lateness/liveness.ts'
import { nextLiveness } from './lateness/liveness.ts'
import { OutageAnnouncer } from './lateness/outage-announcer.ts'
import { RestoreDetector } from './lateness/restore-detector.ts'

export interface FollowerDeps {
  readonly reader: Reader
  readonly outbox: Outbox
  readonly channels: readonly Channel[]
  readonly alertOn: readonly EventType[]
  readonly afterMs: number
  readonly silentMs: number
  readonly remindMs: number | null
  readonly now: () => number
  readonly log: Log
}

/** Turns what the database of addresses holds into events. */
export interface Follower {
  /** Reads what has changed, and what is late by now. Throws StorageError if the addresses cannot be read. */
  round(): Promise<void>
}

export async function createFollower(deps: FollowerDeps): Promise<Follower> {
  const { reader, outbox, channels, alertOn, now, log } = deps
  const audience = audienceOf(channels, alertOn)
  const start = await rememberStart(outbox, now())
  const { afterMs, silentMs, remindMs } = deps
  const rules = { firstStart: start.firstStart, afterMs, silentMs, remindMs }
  const announcer = new OutageAnnouncer({ reader, outbox, audience })
  const lateDevices = new LateDevices({ outbox, rules, announcer, log })
  const sweep = new DeviceSweep(reader)
  const restores = new RestoreDetector(start.newestReport)
  let { liveness } = start
  let changes = { version: '', readAt: 0, pauseMs: 0 }
  let keptAt = 0
  const createdAt = performance.now()
  let hasSwept = false

  return {
    async round() {
      const time = now()
      const touchedAt = await reader.lastSignOfLife()
      if (touchedAt !== null) liveness = nextLiveness(liveness, touchedAt)
      const version = await reader.version()
      await followChanges(version, time)
      if (liveness !== null && touchedAt !== null) await followLateness(liveness, version, time)
      await releaseEvents(outbox, audience, time)
      await endContests(reader, outbox, audience, time)
      if (time < keptAt || time - keptAt >= KEEP_EVERY_MS) await keep(time)
    },
  }

  async function followChanges(version: string, time: number): Promise<void> {
    const { readAt, pauseMs } = changes
    // A time before the last reading: the clock was set back.
    if (version === changes.version || (time >= readAt && time < readAt + pauseMs)) return
    const began = performance.now()
    await readChanges({ reader, outbox, audience }, time)
    // After a mass of changes the overlap is long: reading it takes a twentieth of the time at most.
    changes = { version, readAt: time, pauseMs: 20 * (performance.now() - began) - ROUND_MS }
  }

  async function followLateness(current: Liveness, version: string, time: number): Promise<void> {
    // A finding depends on nothing else.
    const reason = `${version} ${current.touchedAt} ${current.upSince}`
    const portion = await sweep.next(reason, time)
    if (portion !== null) {
      if (portion.after === null) noticeRestore(portion)
      await lateDevices.look(portion, liveness ?? current, time)
      noticeFirstSweep(portion)
    }
    await announcer.announce(time, current.touchedAt, lateDevices.expected)
  }

  function noticeRestore({ devices }: Portion): void {
    if (!restores.isRestored(devices) || liveness === null) return
    log.warn('earlier reports are gone, as after a restore: all deadlines start again')
    liveness = { ...liveness, upSince: liveness.touchedAt }
  }

  function noticeFirstSweep({ upTo }: Portion): void {
    if (hasSwept || upTo !== null) return
    hasSwept = true
    const seconds = Number(((performance.now() - createdAt) / 1000).toFixed(1))
    log.info('every device was looked at', { expected: lateDevices.expected, seconds })
  }

  async function keep(time: number): Promise<void> {
    keptAt = time
    await outbox.transaction(async t => {
      if (liveness !== null) {
        await t.setNumber('touched-at', liveness.touchedAt)
        await t.setNumber('up-since', liveness.upSince)
      }
      await t.setNumber('newest-report', restores.newestReport)
      const position = (await t.number('position')) ?? time
      await t.prune(Math.min(position, time) - KEEP_TENURES_MS, time - KEEP_EVENTS_MS)
    })
  }
}

/** Time between two rounds. */
const ROUND_MS = 1_000
const KEEP_EVERY_MS = 30_000
const DAY_MS = 86_400_000
/** More than the overlap that is read again. */
const KEEP_TENURES_MS = DAY_MS
const KEEP_EVENTS_MS = 30 * DAY_MS

interface Start {
  readonly firstStart: number
  readonly liveness: Liveness | null
  readonly newestReport: number
}

/** The first start announces nothing older than itself. If the clock was ahead then, now counts as the first start. */
function rememberStart(outbox: Outbox, now: number): Promise<Start> {
  return outbox.transaction(async t => {
    const firstStart = Math.min((await t.number('first-start')) ?? now, now)
    await t.setNumber('first-start', firstStart)
    if ((await t.number('position')) === null) await t.setNumber('position', now)
    const [touchedAt, upSince] = [await t.number('touched-at'), await t.number('up-since')]
    return {
      firstStart,
      liveness: touchedAt === null || upSince === null ? null : { touchedAt, upSince },
      newestReport: (await t.number('newest-report')) ?? 0,
    }
  })
}
