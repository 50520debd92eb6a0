import type { Address, DeviceName, Family } from '@ipupdater/protocol'
import type { Knex } from 'knex'
import type { Channel } from '../channels/channel.ts'
import type { AddressChanged, NotifierEvent } from '../event.ts'

/** What was announced, within one transaction: an event and what is remembered of it stand or fall together. */
export interface Announcements {
  number(name: Remembered): Promise<number | null>
  setNumber(name: Remembered, value: number): Promise<void>

  /** Those of these tenures that were not read before. */
  unread<T extends TenureKey>(tenures: readonly T[]): Promise<T[]>
  markRead(tenure: TenureKey): Promise<void>
  addressOf(device: DeviceName, family: Family): Promise<Address | null>
  setAddress(device: DeviceName, family: Family, address: Address): Promise<void>

  /** The event of this device that is still open for its other family. */
  openEvent(device: DeviceName): Promise<AddressChanged | null>
  /** Adds or replaces an event that stays open until `releaseAt`. */
  keepOpen(event: AddressChanged, releaseAt: number): Promise<void>
  /** Events whose time to stay open is over. */
  overdue(now: number): Promise<AddressChanged[]>
  nextRelease(): Promise<number | null>

  /** Adds a released event, unless it exists. False: it was announced before. */
  add(event: NotifierEvent): Promise<boolean>
  release(event: AddressChanged): Promise<void>
  /** Puts a message into the outbox, in place of one for the same event. */
  put(event: NotifierEvent, recipient: Recipient): Promise<void>

  outagesOf(devices: readonly DeviceName[]): Promise<Outage[]>
  /** Those that were announced together. */
  outagesOfGroup(groupDue: number): Promise<Outage[]>
  saveOutages(outages: readonly Outage[]): Promise<void>
  endOutages(devices: readonly DeviceName[]): Promise<void>

  contestAnnouncedAt(device: DeviceName, family: Family): Promise<number | null>
  setContest(device: DeviceName, family: Family, announcedAt: number): Promise<void>
  /** Those announced by this time. */
  contests(announcedBy: number): Promise<{ readonly device: DeviceName; readonly family: Family }[]>
  endContest(device: DeviceName, family: Family): Promise<void>

  /** Forgets tenures that began before `tenuresBefore`, and finished events made before `eventsBefore`. */
  prune(tenuresBefore: number, eventsBefore: number): Promise<void>
}

/** Kept as numbers: see follow/. */
export type Remembered = 'first-start' | 'position' | 'up-since' | 'touched-at' | 'newest-report'

export interface TenureKey {
  readonly device: DeviceName
  readonly family: Family
  readonly firstSeen: number
}

export type Recipient = Pick<Channel, 'name' | 'kind'>

/** A silence that was announced. */
export interface Outage {
  readonly device: DeviceName
  readonly due: number
  readonly lastSeen: number
  readonly since: number
  readonly groupDue: number | null
  readonly messages: number
}

export function announcementsIn(t: Knex, now: number): Announcements {
  const eventOf = (row: { data: string }): AddressChanged => JSON.parse(row.data)
  return {
    async number(name) {
      const row = await t('meta').where({ name }).first<{ value: number } | undefined>('value')
      return row?.value ?? null
    },
    async setNumber(name, value) {
      await t('meta').insert({ name, value }).onConflict('name').merge()
    },

    async unread(tenures) {
      const keys = tenures.map(({ firstSeen, device, family }) => [firstSeen, device, family])
      const read: { place: number }[] = await t.raw(
        `SELECT j.key AS place FROM json_each(?) AS j
          WHERE EXISTS (SELECT 1 FROM tenures WHERE first_seen = j.value ->> 0 AND device = j.value ->> 1
                           AND family = j.value ->> 2)`,
        [JSON.stringify(keys)],
      )
      const places = new Set(read.map(({ place }) => place))
      return tenures.filter((_, place) => !places.has(place))
    },
    async markRead({ firstSeen, device, family }) {
      await t('tenures').insert({ first_seen: firstSeen, device, family }).onConflict().ignore()
    },
    async addressOf(device, family) {
      const row = await t('addresses').where({ device, family }).first<{ address: Address } | undefined>()
      return row?.address ?? null
    },
    async setAddress(device, family, address) {
      await t('addresses').insert({ device, family, address }).onConflict(['device', 'family']).merge()
    },

    async openEvent(device) {
      const row = await t('events')
        .whereNotNull('release_at')
        .where({ device })
        .orderBy('release_at', 'desc')
        .first('data')
      return row === undefined ? null : eventOf(row)
    },
    async keepOpen(event, releaseAt) {
      const row = { id: event.id, device: event.device, release_at: releaseAt, data: JSON.stringify(event) }
      await t('events')
        .insert({ ...row, made_at: now })
        .onConflict('id')
        .merge({ data: row.data })
    },
    async overdue(time) {
      const rows = await t('events').where('release_at', '<=', time).orderBy('release_at').select('data')
      return rows.map(eventOf)
    },
    async nextRelease() {
      const row = await t('events').min<{ at: number | null }>({ at: 'release_at' }).first()
      return row?.at ?? null
    },

    async add(event) {
      const known = await t('events').where({ id: event.id }).first('id')
      if (known !== undefined) return false
      await t('events').insert({ id: event.id, made_at: now, data: JSON.stringify(event) })
      return true
    },
    async release({ id }) {
      await t('events').where({ id }).update({ release_at: null, device: null })
    },
    async put({ id }, { name: channel, kind }) {
      await t('messages').where({ channel, event: id }).delete()
      if (kind === 'publish') await t('messages').where({ channel, state: 'waiting' }).delete()
      await t('messages').insert({ event: id, channel, due_at: now })
    },

    async outagesOf(devices) {
      const rows: OutageRow[] = await t.raw(
        'SELECT o.* FROM json_each(?) AS j CROSS JOIN outages AS o ON o.device = j.value',
        [JSON.stringify(devices)],
      )
      return rows.map(outageOf)
    },
    async outagesOfGroup(groupDue) {
      const rows = await t<OutageRow>('outages').where({ group_due: groupDue }).select()
      return rows.map(outageOf)
    },
    async saveOutages(outages) {
      const rows = outages.map(({ device, due, lastSeen, since, groupDue, messages }) => [
        device,
        due,
        lastSeen,
        since,
        groupDue,
        messages,
      ])
      await t.raw(
        `INSERT OR REPLACE INTO outages (device, due, last_seen, since, group_due, messages)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)`,
        [JSON.stringify(rows)],
      )
    },
    async endOutages(devices) {
      await t.raw('DELETE FROM outages WHERE device IN (SELECT value FROM json_each(?))', [
        JSON.stringify(devices),
      ])
    },

    async contestAnnouncedAt(device, family) {
      const row = await t('contests').where({ device, family }).first('announced_at')
      return row?.announced_at ?? null
    },
    async setContest(device, family, announcedAt) {
      await t('contests')
        .insert({ device, family, announced_at: announcedAt })
        .onConflict(['device', 'family'])
        .merge()
    },
    contests: announcedBy =>
      t('contests').where('announced_at', '<=', announcedBy).select('device', 'family'),
    async endContest(device, family) {
      await t('contests').where({ device, family }).delete()
    },

    async prune(tenuresBefore, eventsBefore) {
      await t('tenures').where('first_seen', '<', tenuresBefore).delete()
      const isOld = t('events')
        .where('made_at', '<', eventsBefore)
        .whereNull('release_at')
        .whereNotExists(t('messages').whereRaw('event = events.id').where({ state: 'waiting' }))
        .select('id')
      await t('messages').whereIn('event', isOld).delete()
      await t('events')
        .where('made_at', '<', eventsBefore)
        .whereNull('release_at')
        .whereNotExists(t('messages').whereRaw('event = events.id'))
        .delete()
    },
  }
}

interface OutageRow extends Omit<Outage, 'groupDue' | 'lastSeen'> {
  readonly group_due: number | null
  readonly last_seen: number
}

function outageOf({ group_due, last_seen, ...outage }: OutageRow): Outage {
  return { ...outage, groupDue: group_due, lastSeen: last_seen }
}
