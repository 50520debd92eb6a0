import type { DeviceName } from '@ipupdater/protocol'
import type { Knex } from 'knex'
import type { Channel } from '../channels/channel.ts'
import type { AddressChanged, NotifierEvent } from '../event.ts'

/** What was or will be announced, and to whom. */
export interface Events {
  /** The event of this device that is still open for its other family. */
  openEvent(device: DeviceName): Promise<AddressChanged | null>
  /** Adds or replaces an event that stays open until `releaseAt`. */
  keepOpen(event: AddressChanged, releaseAt: number): Promise<void>
  /** Events whose time to stay open is over. */
  overdue(now: number): Promise<AddressChanged[]>

  /** Adds a released event, unless it exists. False: it was announced before. */
  add(event: NotifierEvent): Promise<boolean>
  release(event: AddressChanged): Promise<void>
  /** Puts a message into the outbox, in place of one for the same event. */
  put(event: NotifierEvent, recipient: Recipient): Promise<void>
}

export type Recipient = Pick<Channel, 'name' | 'kind'>

export function eventsIn(t: Knex, now: number): Events {
  const eventOf = (row: { data: string }): AddressChanged => JSON.parse(row.data)
  return {
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
  }
}
