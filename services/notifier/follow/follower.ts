import type { Log } from '@ipupdater/runtime'
import type { Reader } from '@ipupdater/storage'
import type { Channel } from '../channels/channel.ts'
import type { EventType } from '../event.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { readChanges } from './address-changes.ts'
import { releaseEvents } from './announce-change.ts'
import { audienceOf } from './audience.ts'
import { endContests } from './contests.ts'
import { LateDevices } from './late-devices.ts'
import type { Liveness } from './liveness.ts'
import { nextLiveness } from './liveness.ts'
import { OutageNews } from './outage-news.ts'

export interface FollowerDeps {
  readonly reader: Reader
  readonly outbox: Outbox
  readonly channels: readonly Channel[]
  readonly alertOn: readonly EventType[]
  readonly afterMs: number
  readonly silentMs: number
  readonly remindMs: number | null
  /** When the receiver last gave a sign of life; null: never. */
  readonly lastSignOfLife: () => number | null
  readonly now: () => number
  readonly log: Log
}

/** Turns what the database of addresses holds into events. */
export interface Follower {
  /** Reads what has changed, and what is late by now. Throws StorageError if the addresses cannot be read. */
  round(): Promise<void>
}

export async function createFollower(deps: FollowerDeps): Promise<Follower> {
  const { reader, outbox, channels, alertOn, lastSignOfLife, now, log } = deps
  const audience = audienceOf(channels, alertOn)
  const start = await rememberStart(outbox, now())
  const { afterMs, silentMs, remindMs } = deps
  const rules = { firstStart: start.firstStart, afterMs, silentMs, remindMs }
  const news = new OutageNews({ reader, outbox, audience })
  const lateDevices = new LateDevices({ reader, outbox, rules, news })
  let liveness = start.liveness
  let isLoaded = false
  let version: string | null = null
  let changesAgainAt = 0
  let keptAt = 0

  return {
    async round() {
      const time = now()
      const touchedAt = lastSignOfLife()
      if (touchedAt !== null) liveness = nextLiveness(liveness, touchedAt)
      if (!isLoaded) await load(time)
      await followChanges(time)
      if (liveness !== null && touchedAt !== null) await lateDevices.look(time, liveness)
      await releaseEvents(outbox, audience, time)
      await endContests(reader, outbox, audience, time)
      if (time - keptAt >= KEEP_EVERY_MS) await keep(time)
    },
  }

  async function load(time: number): Promise<void> {
    const began = performance.now()
    await lateDevices.load(time, liveness ?? { touchedAt: time, upSince: time })
    if (liveness !== null && lateDevices.newestReport < start.newestReport) {
      log.warn('the database of addresses is older than what was announced: all deadlines start again')
      liveness = { ...liveness, upSince: liveness.touchedAt }
    }
    isLoaded = true
    log.info('following', { seconds: Number(((performance.now() - began) / 1000).toFixed(1)) })
  }

  async function followChanges(time: number): Promise<void> {
    if (time < changesAgainAt) return
    const current = await reader.version()
    if (current === version) return
    const began = performance.now()
    await readChanges(
      {
        reader,
        outbox,
        audience,
        onTenure: ({ device, firstSeen }) => lateDevices.add(device, firstSeen, time),
      },
      time,
    )
    version = current
    // After a mass of changes the overlap is long: reading it takes a twentieth of the time at most.
    changesAgainAt = time + 20 * (performance.now() - began) - 1_000
  }

  async function keep(time: number): Promise<void> {
    keptAt = time
    await outbox.transaction(async t => {
      if (liveness !== null) {
        await t.setNumber('touched-at', liveness.touchedAt)
        await t.setNumber('up-since', liveness.upSince)
      }
      await t.setNumber('newest-report', Math.max(lateDevices.newestReport, start.newestReport))
      const position = (await t.number('position')) ?? time
      await t.prune(Math.min(position, time) - KEEP_TENURES_MS, time - KEEP_EVENTS_MS)
    })
  }
}

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
