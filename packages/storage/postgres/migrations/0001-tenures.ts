/**
 * The tables of SQLite's migration of the same number, see there for their meaning. Names compare byte by byte
 * (`COLLATE "C"`), so that every server orders and locks them alike. Open tenures leave half of each page free: a
 * refresh then stays on its page and touches no index (a HOT update).
 */
export const tenures = {
  name: '0001-tenures',
  statements: [
    `CREATE TABLE devices (
       id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       name         text COLLATE "C" NOT NULL UNIQUE,
       "interval"   bigint,
       skew_ms      bigint NOT NULL,
       secret_added bigint NOT NULL
     )`,
    `CREATE TABLE open_tenures (
       id                 bigint PRIMARY KEY,
       address            text NOT NULL,
       first_seen         bigint NOT NULL,
       last_seen          bigint NOT NULL CHECK (last_seen >= first_seen),
       confirmations      bigint NOT NULL,
       previous_address   text,
       previous_last_seen bigint,
       flips              bigint NOT NULL DEFAULT 0,
       flipped_at         bigint,
       proof              text NOT NULL
     ) WITH (fillfactor = 50)`,
    'CREATE INDEX open_tenures_by_beginning ON open_tenures (first_seen)',
    `CREATE TABLE closed_tenures (
       id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       slot          bigint NOT NULL,
       address       text NOT NULL,
       first_seen    bigint NOT NULL,
       last_seen     bigint NOT NULL CHECK (last_seen >= first_seen),
       confirmations bigint NOT NULL,
       proof         text NOT NULL
     )`,
    'CREATE INDEX closed_tenures_of_slot ON closed_tenures (slot, first_seen)',
    'CREATE INDEX closed_tenures_by_beginning ON closed_tenures (first_seen, slot)',
    'CREATE INDEX closed_tenures_by_end ON closed_tenures (last_seen)',
    `CREATE TABLE outages (
       slot  bigint NOT NULL,
       began bigint NOT NULL,
       ended bigint NOT NULL,
       PRIMARY KEY (slot, began)
     )`,
    'CREATE INDEX outages_by_beginning ON outages (began, slot)',
    'CREATE INDEX outages_by_end ON outages (ended)',
    'CREATE TABLE meta (name text COLLATE "C" PRIMARY KEY, value bigint NOT NULL)',
    // 'system' and 'timeline': where the last commit was made, see `replay-floor.ts`.
    `INSERT INTO meta (name, value)
     VALUES ('replay-floor', 0), ('write-checks', 0), ('schema', 1), ('system', 0), ('timeline', 0)`,
    // When each receiver gave its last sign of life. Unlogged: it costs no WAL, and a crash empties it.
    'CREATE UNLOGGED TABLE receivers (name text COLLATE "C" PRIMARY KEY, alive_at bigint NOT NULL)',
  ],
} as const
