import type { Knex } from 'knex'

/** Times are integer milliseconds since the epoch, UTC. */
export const outbox = {
  name: '0001-outbox',

  async up(knex: Knex): Promise<void> {
    for (const statement of STATEMENTS) await knex.raw(statement)
  },

  async down(): Promise<void> {
    throw new Error('there is no way back')
  },
}

const STATEMENTS = [
  // first-start: nothing older is announced. position: the newest first-seen time read so far. See follow/.
  `CREATE TABLE meta (
     name  TEXT PRIMARY KEY,
     value INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,

  // What was or will be announced. An address.changed stays open until release_at for the other family.
  `CREATE TABLE events (
     id         TEXT    PRIMARY KEY,
     device     TEXT,             -- of an open event, to find it; otherwise null
     release_at INTEGER,          -- null: released, its messages are in the outbox
     made_at    INTEGER NOT NULL,
     data       TEXT    NOT NULL  -- the event as JSON
   ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX events_open ON events (release_at) WHERE release_at IS NOT NULL',
  'CREATE INDEX events_by_age ON events (made_at)',

  // The tenures that were read: reading them again makes no second event.
  `CREATE TABLE tenures (
     first_seen INTEGER NOT NULL,
     device     TEXT    NOT NULL,
     family     INTEGER NOT NULL,
     PRIMARY KEY (first_seen, device, family)
   ) STRICT, WITHOUT ROWID`,

  // The address last announced: after a restore of an older database it is not announced again.
  `CREATE TABLE addresses (
     device  TEXT    NOT NULL,
     family  INTEGER NOT NULL,
     address TEXT    NOT NULL,
     PRIMARY KEY (device, family)
   ) STRICT, WITHOUT ROWID`,

  // Devices that are silent now, as announced.
  `CREATE TABLE outages (
     device    TEXT    PRIMARY KEY,
     due       INTEGER NOT NULL,  -- when the report was due
     last_seen INTEGER NOT NULL,  -- the last report before
     since     INTEGER NOT NULL,  -- what ALERT_SILENT counts from
     group_due INTEGER,           -- announced together with others: the due time of that event
     messages  INTEGER NOT NULL   -- how often its silence was announced since; 0: only as late
   ) STRICT, WITHOUT ROWID`,

  // Families with two senders, as announced.
  `CREATE TABLE contests (
     device       TEXT    NOT NULL,
     family       INTEGER NOT NULL,
     announced_at INTEGER NOT NULL,
     PRIMARY KEY (device, family)
   ) STRICT, WITHOUT ROWID`,

  // One message: an event for a channel. A new id for each time it is put in, so that only that one is marked.
  `CREATE TABLE messages (
     id             INTEGER PRIMARY KEY AUTOINCREMENT,
     event          TEXT    NOT NULL,
     channel        TEXT    NOT NULL,
     state          TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'given-up')),
     due_at         INTEGER NOT NULL,
     tries          INTEGER NOT NULL DEFAULT 0,
     first_tried_at INTEGER,
     reason         TEXT,             -- of the last failure
     UNIQUE (event, channel)
   ) STRICT`,
  `CREATE INDEX messages_waiting ON messages (channel, due_at) WHERE state = 'waiting'`,
  `CREATE INDEX messages_given_up ON messages (channel) WHERE state = 'given-up'`,

  `CREATE TABLE channels (
     name          TEXT    PRIMARY KEY,
     delivered_at  INTEGER,           -- last success
     failing_since INTEGER,           -- null: the last try succeeded, or there was none
     stopped_at    INTEGER,           -- answered 410
     reason        TEXT
   ) STRICT, WITHOUT ROWID`,

  'CREATE INDEX outages_of_group ON outages (group_due) WHERE group_due IS NOT NULL',
  'PRAGMA application_id = 0x6970756e', // "ipun"
]
