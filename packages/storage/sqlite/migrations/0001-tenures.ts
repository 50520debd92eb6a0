import type { Knex } from 'knex'

/**
 * Times are integer milliseconds since the epoch, UTC: the timestamps that devices have signed. An interval is in
 * seconds. A `proof` is JSON text, the signed update as it arrived (encodeProof of the protocol).
 *
 * A **slot** is a device and a family in one integer: device × 10 + 4 or 6 (or 0 for the device as a whole). With it
 * the one row that a report changes is found by its rowid, a device's rows lie next to each other, and entries that
 * began in the same millisecond have an order.
 */
export const tenures = {
  name: '0001-tenures',

  async up(knex: Knex): Promise<void> {
    for (const statement of STATEMENTS) await knex.raw(statement)
  },

  async down(): Promise<void> {
    throw new Error('a migration cannot be undone: restore the backup made before the upgrade')
  },
}

const STATEMENTS = [
  // One row for each device, written only when one of its columns changes.
  `CREATE TABLE devices (
     id           INTEGER PRIMARY KEY CHECK (id > 0),
     name         TEXT    NOT NULL UNIQUE,
     interval     INTEGER,          -- seconds until the next report is due, as last promised; null: none promised
     skew_ms      INTEGER NOT NULL, -- the device's clock minus the server's, coarse
     secret_added INTEGER NOT NULL  -- which secret signed last: the registry's time of adding it
   ) STRICT`,

  // One row for each device and family: its current address. A refresh rewrites this row and no index.
  `CREATE TABLE open_tenures (
     id                 INTEGER PRIMARY KEY,  -- the slot
     address            TEXT    NOT NULL,     -- RFC 5952
     first_seen         INTEGER NOT NULL,
     last_seen          INTEGER NOT NULL CHECK (last_seen >= first_seen),
     confirmations      INTEGER NOT NULL,     -- accepted updates, the first one included
     previous_address   TEXT,                 -- of the tenure before, to see A, B, A without a look-up
     previous_last_seen INTEGER,
     flips              INTEGER NOT NULL DEFAULT 0,  -- how often A, B, A came within the hour, ever
     flipped_at         INTEGER,
     proof              TEXT    NOT NULL
   ) STRICT`,
  'CREATE INDEX open_tenures_by_beginning ON open_tenures (first_seen)',

  // Appended when an address changes; only retention deletes. The table has a rowid: with rows of some 600 bytes, a
  // b-tree of keys and rows together would have five to a page, and ten levels at ten million rows.
  `CREATE TABLE closed_tenures (
     id            INTEGER PRIMARY KEY,
     slot          INTEGER NOT NULL,
     address       TEXT    NOT NULL,
     first_seen    INTEGER NOT NULL,
     last_seen     INTEGER NOT NULL CHECK (last_seen >= first_seen),
     confirmations INTEGER NOT NULL,
     proof         TEXT    NOT NULL
   ) STRICT`,
  'CREATE INDEX closed_tenures_of_slot ON closed_tenures (slot, first_seen)',
  'CREATE INDEX closed_tenures_by_beginning ON closed_tenures (first_seen, slot)',
  'CREATE INDEX closed_tenures_by_end ON closed_tenures (last_seen)',

  // From when a missing report was due until the device reported again.
  `CREATE TABLE outages (
     slot  INTEGER NOT NULL,  -- device × 10: no family
     began INTEGER NOT NULL,  -- when the missing report was due
     ended INTEGER NOT NULL,  -- the report that ended it
     PRIMARY KEY (slot, began)
   ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX outages_by_beginning ON outages (began, slot)',
  'CREATE INDEX outages_by_end ON outages (ended)',

  // replay-floor: reports up to this time are refused. A restore raises it, so that no message that the backup does
  // not know can count again. write-checks: incremented to find out whether a commit works.
  `CREATE TABLE meta (
     name  TEXT PRIMARY KEY,
     value INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,
  `INSERT INTO meta (name, value) VALUES ('replay-floor', 0), ('write-checks', 0)`,

  'PRAGMA application_id = 0x69707570', // "ipup"
  'PRAGMA user_version = 1',
]
