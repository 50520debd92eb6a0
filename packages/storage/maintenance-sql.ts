/** What the writer runs beside the updates. */
export const MAINTENANCE_SQL = {
  schema: 'SELECT user_version AS version FROM pragma_user_version',
  countCheck: "UPDATE meta SET value = value + 1 WHERE name = 'write-checks'",
  pruneTenures: `
    DELETE FROM closed_tenures
     WHERE id IN (SELECT id FROM closed_tenures WHERE last_seen < ?1 ORDER BY last_seen LIMIT ?2)
    RETURNING id`,
  pruneOutages: `
    DELETE FROM outages
     WHERE (slot, began) IN (SELECT slot, began FROM outages WHERE ended < ?1 ORDER BY ended LIMIT ?2)
    RETURNING slot`,
} as const
