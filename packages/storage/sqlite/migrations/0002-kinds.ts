import type { Knex } from 'knex'

/**
 * Devices that do not sign. Next to `proof` of a signed update, a row may now hold what `encodeEvidence` writes for a
 * password. SQLite adds a column with a default without touching a row, so this takes no time at a million devices.
 */
export const kinds = {
  name: '0002-kinds',

  async up(knex: Knex): Promise<void> {
    await knex.raw(
      `ALTER TABLE devices ADD COLUMN kind TEXT NOT NULL DEFAULT 'signed' CHECK (kind IN ('signed', 'password'))`,
    )
    await knex.raw('PRAGMA user_version = 2')
  },

  async down(): Promise<void> {
    throw new Error('there is no way back: restore the backup made before the upgrade')
  },
}
