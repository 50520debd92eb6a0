import type { DeviceName } from '@ipupdater/protocol'
import type { Knex } from 'knex'
import { AFTER_ALL_NAMES } from './announced-addresses.ts'

/** The outages that were announced and are not over. */
export interface AnnouncedOutages {
  /** Of the devices whose names come after `after`, up to and including `upTo`; null: no bound. */
  outagesBetween(after: DeviceName | null, upTo: DeviceName | null): Promise<Outage[]>
  /** Those that were announced together. */
  outagesOfGroup(groupDue: number): Promise<Outage[]>
  saveOutages(outages: readonly Outage[]): Promise<void>
  endOutages(devices: readonly DeviceName[]): Promise<void>
}

/** An outage that was announced. */
export interface Outage {
  readonly device: DeviceName
  readonly due: number
  readonly lastSeen: number
  readonly since: number
  readonly groupDue: number | null
  readonly messages: number
}

export function announcedOutagesIn(t: Knex): AnnouncedOutages {
  return {
    async outagesBetween(after, upTo) {
      const rows = await t<OutageRow>('outages')
        .where('device', '>', after ?? '')
        .where('device', '<=', upTo ?? AFTER_ALL_NAMES)
        .select()
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
  }
}

interface OutageRow extends Omit<Outage, 'groupDue' | 'lastSeen'> {
  readonly group_due: number | null
  readonly last_seen: number
}

function outageOf({ group_due, last_seen, ...outage }: OutageRow): Outage {
  return { ...outage, groupDue: group_due, lastSeen: last_seen }
}
