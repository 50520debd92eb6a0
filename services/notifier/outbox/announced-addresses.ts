import type { Address, DeviceName, Family } from '@ipupdater/protocol'
import type { Knex } from 'knex'

/** Which tenures were read, and what was announced of them. */
export interface AnnouncedAddresses {
  /** Those of these tenures that were not read before. */
  unread<T extends TenureKey>(tenures: readonly T[]): Promise<T[]>
  markRead(tenure: TenureKey): Promise<void>
  addressOf(device: DeviceName, family: Family): Promise<Address | null>
  setAddress(device: DeviceName, family: Family, address: Address): Promise<void>
  /** Forgets those of all other devices between these names; null: no bound. */
  keepAddressesOf(
    devices: readonly DeviceName[],
    after: DeviceName | null,
    upTo: DeviceName | null,
  ): Promise<void>

  contestAnnouncedAt(device: DeviceName, family: Family): Promise<number | null>
  setContest(device: DeviceName, family: Family, announcedAt: number): Promise<void>
  /** Those announced by this time. */
  contests(announcedBy: number): Promise<{ readonly device: DeviceName; readonly family: Family }[]>
  endContest(device: DeviceName, family: Family): Promise<void>
}

export interface TenureKey {
  readonly device: DeviceName
  readonly family: Family
  readonly firstSeen: number
}

/** Names consist of a–z, 0–9 and "-". */
export const AFTER_ALL_NAMES = '~'

export function announcedAddressesIn(t: Knex): AnnouncedAddresses {
  return {
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
    async keepAddressesOf(devices, after, upTo) {
      await t('addresses')
        .where('device', '>', after ?? '')
        .where('device', '<=', upTo ?? AFTER_ALL_NAMES)
        .whereRaw('device NOT IN (SELECT value FROM json_each(?))', [JSON.stringify(devices)])
        .delete()
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
  }
}
