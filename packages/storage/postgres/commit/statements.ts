/**
 * The statements of a batch. Rows are passed as one JSON text in each direction, in the form that SQLite's have.
 *
 * The only lock order: existing device rows by name, then new ones by name. Whoever writes a device's other rows holds
 * its device row, so those need no lock of their own. `lock` and `load` are two statements because, in READ COMMITTED,
 * only a statement that begins after the locks were granted sees what their last holder committed. `load` is given the
 * ids that were locked, not names: a device that another writer added between the two is visible to it, but not locked.
 */
export const BATCH_SQL = {
  lock: `
    SELECT id FROM devices
     WHERE name = ANY (ARRAY(SELECT json_array_elements_text($1::json)))
     ORDER BY name FOR NO KEY UPDATE`,
  load: `
    SELECT (SELECT value FROM meta WHERE name = 'schema')::float8 AS schema,
           (SELECT value FROM meta WHERE name = 'replay-floor')::float8 AS floor,
           (SELECT coalesce(json_agg(json_build_array(d.id, d.name, d."interval", d.skew_ms, d.secret_added, d.kind,
                     json_build_array(a.address, a.first_seen, a.last_seen, a.confirmations,
                                      a.previous_address, a.previous_last_seen, a.flips, a.flipped_at),
                     json_build_array(b.address, b.first_seen, b.last_seen, b.confirmations,
                                      b.previous_address, b.previous_last_seen, b.flips, b.flipped_at))), '[]')::text
              FROM json_array_elements_text($1::json) AS locked
              JOIN devices AS d ON d.id = locked.value::bigint
              LEFT JOIN open_tenures AS a ON a.id = d.id * 10 + 4
              LEFT JOIN open_tenures AS b ON b.id = d.id * 10 + 6) AS devices`,
  loadProofs: `
    SELECT o.id::float8 AS slot, o.proof
      FROM json_array_elements_text($1::json) AS asked JOIN open_tenures AS o ON o.id = asked.value::bigint`,
  /** Fewer rows than asked: another writer made one of the devices. Roll back and begin the batch again. */
  addDevices: `
    INSERT INTO devices (name, "interval", skew_ms, secret_added, kind)
    SELECT value->>0, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint, value->>4
      FROM json_array_elements($1::json) ORDER BY 1
        ON CONFLICT DO NOTHING
    RETURNING id::float8 AS id, name`,
  saveDevices: `
    UPDATE devices
       SET "interval" = (new.value->>2)::bigint, skew_ms = (new.value->>3)::bigint,
           secret_added = (new.value->>4)::bigint
      FROM json_array_elements($1::json) AS new
     WHERE devices.id = (new.value->>0)::bigint`,
  // Runs before `open`, which overwrites the row: a proof that was not loaded is still in it.
  close: `
    INSERT INTO closed_tenures (slot, address, first_seen, last_seen, confirmations, proof)
    SELECT (value->>0)::bigint, value->>1, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::bigint,
           coalesce(nullif((value->5)::text, 'null'),
                    (SELECT proof FROM open_tenures WHERE id = (value->>0)::bigint))
      FROM json_array_elements($1::json)`,
  refresh: `
    UPDATE open_tenures
       SET last_seen = (new.value->>1)::bigint, confirmations = (new.value->>2)::bigint, proof = (new.value->3)::text
      FROM json_array_elements($1::json) AS new
     WHERE open_tenures.id = (new.value->>0)::bigint`,
  open: `
    INSERT INTO open_tenures (id, address, first_seen, last_seen, confirmations,
                              previous_address, previous_last_seen, flips, flipped_at, proof)
    SELECT (value->>0)::bigint, value->>1, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::bigint,
           value->>5, (value->>6)::bigint, (value->>7)::bigint, (value->>8)::bigint, (value->9)::text
      FROM json_array_elements($1::json)
        ON CONFLICT (id) DO UPDATE
       SET address = excluded.address, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
           confirmations = excluded.confirmations, previous_address = excluded.previous_address,
           previous_last_seen = excluded.previous_last_seen, flips = excluded.flips,
           flipped_at = excluded.flipped_at, proof = excluded.proof`,
  saveOutages: `
    INSERT INTO outages (slot, began, ended)
    SELECT (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint FROM json_array_elements($1::json)`,
} as const
