import type { Question } from '../../read/read-views.ts'

/*
 * The statements of a reader, in the order and with the rows of SQLite's (see there). Each is one snapshot. What a LIMIT
 * ends is found in the order of an index, and a device's rows by its slots: no statement reads a whole table.
 */

const LIMIT = 'LIMIT :limit::bigint'

const SLOTS = 'IN (d.id * 10 + 4, d.id * 10 + 6)'

const LAST_REPORT = `(SELECT max(last_seen) FROM open_tenures WHERE id ${SLOTS})`

/** An empty list instead of SQL's NULL, as text: the driver would parse it. */
const list = (row: string, order: string) =>
  `coalesce(json_agg(json_build_array(${row}) ${order}), '[]')::text`

const CURRENT = `
  SELECT d.name, d."interval"::float8 AS "interval", ${LAST_REPORT}::float8 AS "reportedAt",
         (SELECT ${list('id, address, first_seen, last_seen, confirmations, flips, flipped_at, proof', 'ORDER BY id')}
            FROM open_tenures WHERE id ${SLOTS}) AS tenures
    FROM devices AS d`

/** Many devices, as one JSON text. */
const devicesFrom = (source: string) => `
  SELECT ${list('device, "interval", skew_ms, secret_added, last_seen', 'ORDER BY device')} AS devices
    FROM (SELECT d.name AS device, d."interval", d.skew_ms, d.secret_added, ${LAST_REPORT} AS last_seen ${source}) AS found`

const OPEN = `
  SELECT id AS slot, first_seen AS began, last_seen AS ended, address, confirmations, 1 AS open, proof
    FROM open_tenures`
const CLOSED = `
  SELECT slot, first_seen AS began, last_seen AS ended, address, confirmations, 0 AS open, proof
    FROM closed_tenures`
const OUTAGES = `
  SELECT slot, began, ended, NULL::text AS address, NULL::bigint AS confirmations, 0 AS open, NULL::text AS proof
    FROM outages`

/** The cursor's slot. Without a cursor, or if its device is gone: less than every slot. */
const CURSOR =
  'coalesce((SELECT id FROM devices WHERE name = :cursorDevice) * 10 + :cursorFamily::bigint, -1)'

/** Which way a page goes from its cursor. One bound on each side, so that the index is walked no further than needed. */
const SIDES = {
  older: {
    order: 'DESC',
    of: (began: string, slot: string, from = '0') =>
      `${began} >= ${from} AND ${began} < :began::bigint + (${slot} < ${CURSOR})::int`,
    all: (began: string, slot: string) =>
      `${began} >= :from::bigint AND (${began}, ${slot}) < (:began::bigint, ${CURSOR})`,
  },
  newer: {
    order: 'ASC',
    of: (began: string, slot: string, from = '0') =>
      `${began} >= greatest(${from}, :began::bigint + (${slot} <= ${CURSOR})::int) AND ${began} < :to::bigint`,
    all: (began: string, slot: string) =>
      `(${began}, ${slot}) > (:began::bigint, ${CURSOR}) AND ${began} < :to::bigint`,
  },
} as const

type Side = (typeof SIDES)[keyof typeof SIDES]

/** The tenure in effect at :from counts as well: the last one that began by then, unless that is the open one. */
const closedFrom = (slot: string) => `
  CASE
    WHEN EXISTS (SELECT 1 FROM open_tenures WHERE id = ${slot} AND first_seen <= :from::bigint) THEN :from::bigint
    ELSE coalesce((SELECT max(first_seen) FROM closed_tenures WHERE slot = ${slot} AND first_seen <= :from::bigint),
                  :from::bigint)
  END`

const closedOf = (family: 4 | 6, { of, order }: Side) => {
  const slot = `d.id * 10 + ${family}`
  return `
  ${CLOSED}
   WHERE :ipv${family}::boolean AND slot = ${slot} AND ${of('first_seen', slot, closedFrom(slot))}
   ORDER BY first_seen ${order} ${LIMIT}`
}

/** The outage that lasts beyond :from counts as well: only the last one that began before can. */
const OUTAGES_FROM = `
  coalesce((SELECT CASE WHEN ended > :from::bigint THEN began END FROM outages
             WHERE slot = d.id * 10 AND began < :from::bigint ORDER BY began DESC LIMIT 1), :from::bigint)`

const outagesOf = ({ of, order }: Side) => `
  ${OUTAGES}
   WHERE :outages::boolean AND slot = d.id * 10 AND ${of('began', 'd.id * 10', OUTAGES_FROM)}
   ORDER BY began ${order} ${LIMIT}`

/** One device's page. */
const historyOf = (side: Side) => `
  SELECT d."interval"::float8 AS "interval", ${LAST_REPORT}::float8 AS "reportedAt", ${page(side.order, [
    `${OPEN} WHERE id ${SLOTS} AND CASE id % 10 WHEN 4 THEN :ipv4::boolean ELSE :ipv6::boolean END
       AND ${side.of('first_seen', 'id')}`,
    closedOf(4, side),
    closedOf(6, side),
    outagesOf(side),
  ])}
    FROM devices AS d WHERE d.name = :device`

/** The page of all devices: tenures of both families, or none. */
const historyOfAll = ({ order, all }: Side) =>
  `SELECT ${page(order, [
    `${OPEN} WHERE :tenures::boolean AND ${all('first_seen', 'id')} ORDER BY first_seen ${order}, id ${order} ${LIMIT}`,
    `${CLOSED} WHERE :tenures::boolean AND ${all('first_seen', 'slot')}
      ORDER BY first_seen ${order}, slot ${order} ${LIMIT}`,
    `${OUTAGES} WHERE :outages::boolean AND ${all('began', 'slot')} ORDER BY began ${order}, slot ${order} ${LIMIT}`,
  ])}`

/** Merges arms that are each in this order already, and walk their index no further than the page is long. */
function page(order: 'ASC' | 'DESC', arms: readonly string[]): string {
  const row = 'slot, began, ended, address, confirmations, open, proof, name'
  const rows = arms.map((arm, index) => `SELECT * FROM (${arm}) AS arm${index}`).join(' UNION ALL ')
  // A name is found for each row. A join would be planned for as many rows as the tables have.
  return `
  (SELECT ${list(row, `ORDER BY began ${order}, slot ${order}`)}
     FROM (SELECT entries.*, (SELECT name FROM devices WHERE id = slot / 10) AS name
             FROM (${rows}) AS entries
            ORDER BY began ${order}, slot ${order} ${LIMIT}) AS named) AS entries`
}

/** With parameters by name, as the shared reader binds them. */
export const READER_SQL = {
  currentOf: `${CURRENT} WHERE d.name = :device`,
  current: `${CURRENT} WHERE d.name > :after ORDER BY d.name ${LIMIT}`,

  devices: devicesFrom(`FROM devices AS d WHERE d.name > :after ORDER BY d.name ${LIMIT}`),
  devicesNamed: devicesFrom(
    'FROM devices AS d WHERE d.name = ANY (ARRAY(SELECT json_array_elements_text(:names::json)))',
  ),

  history: historyOfAll(SIDES.older),
  historyNewer: historyOfAll(SIDES.newer),
  historyOf: historyOf(SIDES.older),
  historyOfNewer: historyOf(SIDES.newer),
} as const satisfies Record<Question, string>

export interface NumberedStatement {
  /** With `$1`, `$2` … instead of names. */
  readonly text: string
  readonly names: readonly string[]
}

export function numbered(sql: string): NumberedStatement {
  const names: string[] = []
  const text = sql.replace(/(?<!:):([a-z]\w*)/gi, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })
  return { text, names }
}

/**
 * `snapshot` differs if the data may differ. It is what the server shows to a new statement (pg_current_snapshot), not a
 * place in the WAL, which is written before a commit can be seen. A standby answers as well.
 */
export const VERSION_SQL = `
  SELECT pg_current_snapshot()::text AS snapshot, (SELECT value::float8 FROM meta WHERE name = 'schema') AS schema`

/** Which server, and since when it runs: snapshots of two servers cannot be compared. */
export const IDENTITY_SQL = `
  SELECT concat_ws(' ', system_identifier, extract(epoch FROM pg_postmaster_start_time())) AS identity
    FROM pg_control_system()`

export const LAST_SIGN_OF_LIFE_SQL = 'SELECT max(alive_at)::float8 AS at FROM receivers'

export const CLOCK_SQL = 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now'
