import type { Knex } from 'knex'
import type { AnnouncedAddresses } from './announced-addresses.ts'
import { announcedAddressesIn } from './announced-addresses.ts'
import type { AnnouncedOutages } from './announced-outages.ts'
import { announcedOutagesIn } from './announced-outages.ts'
import type { Events } from './events.ts'
import { eventsIn } from './events.ts'

/** What was announced, within one transaction: an event and what is remembered of it are written together, or not at all. */
export interface Announcements extends AnnouncedAddresses, AnnouncedOutages, Events {
  number(name: Remembered): Promise<number | null>
  setNumber(name: Remembered, value: number): Promise<void>

  /** Forgets tenures that began before `tenuresBefore`, and finished events made before `eventsBefore`. */
  prune(tenuresBefore: number, eventsBefore: number): Promise<void>
}

/** Kept as numbers: see follow/. */
export type Remembered = 'first-start' | 'position' | 'up-since' | 'touched-at' | 'newest-report'

export function announcementsIn(t: Knex, now: number): Announcements {
  return {
    ...announcedAddressesIn(t),
    ...announcedOutagesIn(t),
    ...eventsIn(t, now),
    async number(name) {
      const row = await t('meta').where({ name }).first<{ value: number } | undefined>('value')
      return row?.value ?? null
    },
    async setNumber(name, value) {
      await t('meta').insert({ name, value }).onConflict('name').merge()
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
