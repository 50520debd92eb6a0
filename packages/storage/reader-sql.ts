/*
 * What a reader asks. Each is one statement, and so one snapshot. The many values of its rows come as JSON text:
 * reading them one by one from the driver costs the main thread twice as much.
 *
 * A slot (see the schema) is device × 10 + family; `d` is the device asked for.
 */

/** Where the limit is a bare parameter, SQLite plans by its value, and so compiles the statement anew each time. */
const LIMIT = 'LIMIT :limit + 0'

const SLOTS = 'BETWEEN d.id * 10 + 4 AND d.id * 10 + 6'

const LAST_REPORT = `(SELECT max(last_seen) FROM open_tenures WHERE id ${SLOTS})`

const HELD = `
  (SELECT json_group_array(json_array(id, address, first_seen, last_seen, confirmations, flips, flipped_at, proof)
                           ORDER BY id)
     FROM open_tenures WHERE id ${SLOTS}) AS tenures`

const CURRENT = `SELECT d.name, d.interval, ${LAST_REPORT} AS reportedAt, ${HELD} FROM devices AS d`

const OPEN = `
  SELECT id AS slot, first_seen AS began, last_seen AS ended, address, confirmations, 1 AS open, proof
    FROM open_tenures`
const CLOSED = `
  SELECT slot, first_seen AS began, last_seen AS ended, address, confirmations, 0 AS open, proof
    FROM closed_tenures`
const OUTAGES = `
  SELECT slot, began, ended, NULL AS address, NULL AS confirmations, 0 AS open, NULL AS proof
    FROM outages`

/** Tenures in effect at :from count as begun then: the last one begun by then, unless the open one has. */
const closedOf = (family: 4 | 6) => `
  ${CLOSED}
   WHERE slot = d.id * 10 + ${family}
     AND first_seen < :began + (d.id * 10 + ${family} < :slot)
     AND first_seen >= CASE
           WHEN EXISTS (SELECT 1 FROM open_tenures WHERE id = d.id * 10 + ${family} AND first_seen <= :from) THEN :from
           ELSE coalesce((SELECT max(first_seen) FROM closed_tenures
                           WHERE slot = d.id * 10 + ${family} AND first_seen <= :from), :from) END
   ORDER BY first_seen DESC ${LIMIT}`

/** The newest entries before the position (:began, :slot). Each arm walks its index no further than the page is long. */
const page = (arms: readonly string[]) => `
  (SELECT json_group_array(json_array(e.slot, e.began, e.ended, e.address, e.confirmations, e.open, e.proof, n.name)
                           ORDER BY e.began DESC, e.slot DESC)
     FROM (${arms.map(arm => `SELECT * FROM (${arm})`).join(' UNION ALL ')}
            ORDER BY began DESC, slot DESC ${LIMIT}) AS e
    CROSS JOIN devices AS n ON n.id = e.slot / 10) AS entries`

/** Differs if the data may differ; and whether this program knows the schema at all. */
export const VERSION_SQL =
  'SELECT user_version AS schema, data_version AS data FROM pragma_user_version, pragma_data_version'

export interface VersionRow {
  readonly schema: number
  readonly data: number
}

export const READER_SQL = {
  currentOf: `${CURRENT} WHERE d.name = :device`,
  current: `${CURRENT} WHERE d.name > :after ORDER BY d.name ${LIMIT}`,

  devices: `
    SELECT d.name AS device, d.interval, d.skew_ms AS skewMs, d.secret_added AS secretAdded, ${LAST_REPORT} AS lastSeen
      FROM devices AS d WHERE d.name > :after ORDER BY d.name ${LIMIT}`,

  history: `SELECT ${page([
    `${OPEN} WHERE first_seen >= :from AND (first_seen, id) < (:began, :slot)
      ORDER BY first_seen DESC, id DESC ${LIMIT}`,
    `${CLOSED} WHERE first_seen >= :from AND (first_seen, slot) < (:began, :slot)
      ORDER BY first_seen DESC, slot DESC ${LIMIT}`,
    `${OUTAGES} WHERE began >= :from AND (began, slot) < (:began, :slot)
      ORDER BY began DESC, slot DESC ${LIMIT}`,
  ])}`,

  historyOf: `
    SELECT d.id, d.interval, ${LAST_REPORT} AS reportedAt, ${page([
      // At most two rows, found by their slots; the "+" keeps SQLite from walking the index of beginnings instead.
      `${OPEN} WHERE id ${SLOTS} AND (+first_seen, id) < (:began, :slot)`,
      closedOf(4),
      closedOf(6),
      `${OUTAGES} WHERE slot = d.id * 10 AND began >= :from AND began < :began + (d.id * 10 < :slot)
        ORDER BY began DESC ${LIMIT}`,
    ])}
      FROM devices AS d WHERE d.name = :device`,
} as const

export type Question = keyof typeof READER_SQL
