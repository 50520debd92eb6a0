import type { Question } from '../../read/read-views.ts'

/*
 * The statements of a reader. Each is one snapshot. The rows' values are read as JSON text: reading them one by one
 * from the driver costs the main thread twice as much.
 *
 * A slot (see the schema) is device × 10 + family; `d` is the device asked for.
 */

/** SQLite plans by the value of a bare parameter in LIMIT, and so would compile the statement again each time. */
const LIMIT = 'LIMIT :limit + 0'

const SLOTS = 'BETWEEN d.id * 10 + 4 AND d.id * 10 + 6'

const LAST_REPORT = `(SELECT max(last_seen) FROM open_tenures WHERE id ${SLOTS})`

const TENURES = `
  (SELECT json_group_array(json_array(id, address, first_seen, last_seen, confirmations, flips, flipped_at, proof)
                           ORDER BY id)
     FROM open_tenures WHERE id ${SLOTS}) AS tenures`

const CURRENT = `SELECT d.name, d.interval, ${LAST_REPORT} AS reportedAt, ${TENURES} FROM devices AS d`

const DEVICE = `
  SELECT d.name AS device, d.interval, d.skew_ms AS skewMs, d.secret_added AS secretAdded, ${LAST_REPORT} AS lastSeen`

/** Many devices, as one JSON text. */
const devicesFrom = (source: string, order = '') => `
  SELECT json_group_array(json_array(device, interval, skewMs, secretAdded, lastSeen) ${order}) AS devices
    FROM (${DEVICE} ${source})`

const OPEN = `
  SELECT id AS slot, first_seen AS began, last_seen AS ended, address, confirmations, 1 AS open, proof
    FROM open_tenures`
const CLOSED = `
  SELECT slot, first_seen AS began, last_seen AS ended, address, confirmations, 0 AS open, proof
    FROM closed_tenures`
const OUTAGES = `
  SELECT slot, began, ended, NULL AS address, NULL AS confirmations, 0 AS open, NULL AS proof
    FROM outages`

/** The cursor's slot. Without a cursor, or if its device is gone: less than every slot. */
const CURSOR = 'coalesce((SELECT id FROM devices WHERE name = :cursorDevice) * 10 + :cursorFamily, -1)'

/** Which way a page goes from its cursor. One bound on each side, so that the index is walked no further than needed. */
const SIDES = {
  older: {
    order: 'DESC',
    of: (began: string, slot: string, from = '0') =>
      `${began} >= ${from} AND ${began} < :began + (${slot} < ${CURSOR})`,
    all: (began: string, slot: string) => `${began} >= :from AND (${began}, ${slot}) < (:began, ${CURSOR})`,
  },
  newer: {
    order: 'ASC',
    of: (began: string, slot: string, from = '0') =>
      `${began} >= max(${from}, :began + (${slot} <= ${CURSOR})) AND ${began} < :to`,
    all: (began: string, slot: string) => `(${began}, ${slot}) > (:began, ${CURSOR}) AND ${began} < :to`,
  },
} as const

type Side = (typeof SIDES)[keyof typeof SIDES]

/** The tenure in effect at :from counts as well: the last one that began by then, unless that is the open one. */
const closedFrom = (slot: string) => `
  CASE
    WHEN EXISTS (SELECT 1 FROM open_tenures WHERE id = ${slot} AND first_seen <= :from) THEN :from
    ELSE coalesce((SELECT max(first_seen) FROM closed_tenures WHERE slot = ${slot} AND first_seen <= :from), :from)
  END`

const closedOf = (family: 4 | 6, { of, order }: Side) => {
  const slot = `d.id * 10 + ${family}`
  return `
  ${CLOSED}
   WHERE :ipv${family} AND slot = ${slot} AND ${of('first_seen', slot, closedFrom(slot))}
   ORDER BY first_seen ${order} ${LIMIT}`
}

/** The outage that lasts beyond :from counts as well: only the last one that began before can. */
const OUTAGES_FROM = `
  coalesce((SELECT CASE WHEN ended > :from THEN began END FROM outages
             WHERE slot = d.id * 10 AND began < :from ORDER BY began DESC LIMIT 1), :from)`

const outagesOf = ({ of, order }: Side) => `
  ${OUTAGES}
   WHERE :outages AND slot = d.id * 10 AND ${of('began', 'd.id * 10', OUTAGES_FROM)}
   ORDER BY began ${order} ${LIMIT}`

/** One device's page. */
const historyOf = (side: Side) => `
    SELECT d.id, d.interval, ${LAST_REPORT} AS reportedAt, ${page(side.order, [
      // At most two rows, found by their slots; the "+" keeps SQLite from walking the index of beginnings instead.
      `${OPEN} WHERE id ${SLOTS} AND CASE id % 10 WHEN 4 THEN :ipv4 ELSE :ipv6 END AND ${side.of('+first_seen', 'id')}`,
      closedOf(4, side),
      closedOf(6, side),
      outagesOf(side),
    ])}
      FROM devices AS d WHERE d.name = :device`

/** The page of all devices: tenures of both families, or none. */
const historyOfAll = ({ order, all }: Side) =>
  `SELECT ${page(order, [
    `${OPEN} WHERE :tenures AND ${all('first_seen', 'id')} ORDER BY first_seen ${order}, id ${order} ${LIMIT}`,
    `${CLOSED} WHERE :tenures AND ${all('first_seen', 'slot')} ORDER BY first_seen ${order}, slot ${order} ${LIMIT}`,
    `${OUTAGES} WHERE :outages AND ${all('began', 'slot')} ORDER BY began ${order}, slot ${order} ${LIMIT}`,
  ])}`

/** Merges arms that are each in this order already, and walk their index no further than the page is long. */
function page(order: 'ASC' | 'DESC', arms: readonly string[]): string {
  return `
  (SELECT json_group_array(json_array(e.slot, e.began, e.ended, e.address, e.confirmations, e.open, e.proof, n.name)
                           ORDER BY e.began ${order}, e.slot ${order})
     FROM (${arms.map(arm => `SELECT * FROM (${arm})`).join(' UNION ALL ')}
            ORDER BY began ${order}, slot ${order} ${LIMIT}) AS e
    CROSS JOIN devices AS n ON n.id = e.slot / 10) AS entries`
}

/** Differs if the data may differ; and tells whether this program knows the schema. */
export const VERSION_SQL =
  'SELECT user_version AS schema, data_version AS data FROM pragma_user_version, pragma_data_version'

export interface VersionRow {
  readonly schema: number
  readonly data: number
}

export const READER_SQL = {
  currentOf: `${CURRENT} WHERE d.name = :device`,
  current: `${CURRENT} WHERE d.name > :after ORDER BY d.name ${LIMIT}`,

  devices: devicesFrom(`FROM devices AS d WHERE d.name > :after ORDER BY d.name ${LIMIT}`, 'ORDER BY device'),
  devicesNamed: devicesFrom(
    'FROM json_each(:names) AS asked CROSS JOIN devices AS d ON d.name = asked.value',
  ),

  history: historyOfAll(SIDES.older),
  historyNewer: historyOfAll(SIDES.newer),
  historyOf: historyOf(SIDES.older),
  historyOfNewer: historyOf(SIDES.newer),
} as const satisfies Record<Question, string>
