/** What the writer runs beside the updates. */
export const MAINTENANCE_SQL = {
  schema: 'SELECT user_version AS version FROM pragma_user_version',
  pruneTenures: `
    DELETE FROM closed_tenures
     WHERE id IN (SELECT id FROM closed_tenures WHERE last_seen < ?1 ORDER BY last_seen LIMIT ?2)
    RETURNING id`,
  pruneOutages: `
    DELETE FROM outages
     WHERE (slot, began) IN (SELECT slot, began FROM outages WHERE ended < ?1 ORDER BY ended LIMIT ?2)
    RETURNING slot`,
} as const

/** Goes wherever an update with a new address goes, and takes it back: a full volume that has room for less is full. */
export const REHEARSAL_SQL = `
  INSERT INTO open_tenures (id, address, first_seen, last_seen, confirmations, proof) VALUES (0, '', 0, 0, 0, '');
  DELETE FROM open_tenures WHERE id = 0;
  INSERT INTO closed_tenures (slot, address, first_seen, last_seen, confirmations, proof) VALUES (0, '', 0, 0, 0, '');
  DELETE FROM closed_tenures WHERE slot = 0;
  UPDATE meta SET value = value + 1 WHERE name = 'write-checks'`
