import type { Prepared } from '../connection.ts'

/**
 * The statements of a batch. Rows are passed as one JSON text in each direction: one statement of each kind instead of
 * one per row, and one parse in JavaScript instead of reading value by value from the driver, which costs several times
 * as much. A proof is a JSON object in its row and is stored as its text (`->`; the other values are read by `->>`).
 */
export const BATCH_SQL = {
  // CROSS JOIN fixes the order: one look into each index for each name.
  load: `
    SELECT (SELECT user_version FROM pragma_user_version) AS schema,
           (SELECT value FROM meta WHERE name = 'replay-floor') AS floor,
           (SELECT json_group_array(json_array(d.id, d.name, d.interval, d.skew_ms, d.secret_added, d.kind,
                     json_array(a.address, a.first_seen, a.last_seen, a.confirmations,
                                a.previous_address, a.previous_last_seen, a.flips, a.flipped_at),
                     json_array(b.address, b.first_seen, b.last_seen, b.confirmations,
                                b.previous_address, b.previous_last_seen, b.flips, b.flipped_at)))
              FROM json_each(?1) AS asked
             CROSS JOIN devices AS d ON d.name = asked.value
              LEFT JOIN open_tenures AS a ON a.id = d.id * 10 + 4
              LEFT JOIN open_tenures AS b ON b.id = d.id * 10 + 6) AS devices`,
  loadProofs: `
    SELECT o.id AS slot, o.proof
      FROM json_each(?1) AS asked CROSS JOIN open_tenures AS o ON o.id = asked.value`,
  lastDevice: 'SELECT coalesce(max(id), 0) AS id FROM devices',
  saveDevices: `
    INSERT INTO devices (id, name, interval, skew_ms, secret_added, kind)
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?1) WHERE true
        ON CONFLICT (id) DO UPDATE
       SET interval = excluded.interval, skew_ms = excluded.skew_ms, secret_added = excluded.secret_added`,
  refresh: `
    UPDATE open_tenures
       SET last_seen = new.value->>1, confirmations = new.value->>2, proof = new.value->3
      FROM json_each(?1) AS new
     WHERE open_tenures.id = new.value->>0`,
  open: `
    INSERT INTO open_tenures (id, address, first_seen, last_seen, confirmations,
                              previous_address, previous_last_seen, flips, flipped_at, proof)
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4,
           value->>5, value->>6, value->>7, value->>8, value->9 FROM json_each(?1) WHERE true
        ON CONFLICT (id) DO UPDATE
       SET address = excluded.address, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
           confirmations = excluded.confirmations, previous_address = excluded.previous_address,
           previous_last_seen = excluded.previous_last_seen, flips = excluded.flips,
           flipped_at = excluded.flipped_at, proof = excluded.proof`,
  // Runs before `open`, which overwrites the row: a proof that was not loaded is still in it.
  close: `
    INSERT INTO closed_tenures (slot, address, first_seen, last_seen, confirmations, proof)
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4,
           coalesce(nullif(value->5, 'null'), (SELECT proof FROM open_tenures WHERE id = value->>0)) FROM json_each(?1)`,
  saveOutages: `
    INSERT INTO outages (slot, began, ended) SELECT value->>0, value->>1, value->>2 FROM json_each(?1)`,
} as const

export type BatchStatements = Readonly<Record<keyof typeof BATCH_SQL, Prepared>>
