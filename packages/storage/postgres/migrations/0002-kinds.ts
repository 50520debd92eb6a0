/** Devices that do not sign. PostgreSQL adds a column with a constant default without rewriting the table. */
export const kinds = {
  name: '0002-kinds',
  statements: [
    `ALTER TABLE devices ADD COLUMN kind text NOT NULL DEFAULT 'signed' CHECK (kind IN ('signed', 'password'))`,
    `UPDATE meta SET value = 2 WHERE name = 'schema'`,
  ],
} as const
