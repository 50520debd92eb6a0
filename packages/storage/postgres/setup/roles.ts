import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

/** Passwords of the roles; null: the role gets none, or keeps the one it has. */
export interface RolePasswords {
  readonly receiver: string | null
  readonly viewer: string | null
}

/**
 * What an administrator runs once in an empty database, as statements that may be repeated. The receivers own the
 * tables that they make. Viewers and notifiers may read them, and those that later versions add; there is no secret in
 * them. A password is sent as its SCRAM verifier, so that it is in no log of the server.
 */
export function roleStatements(passwords: RolePasswords, randomBytes: (size: number) => Buffer): string[] {
  const passwordOf = (role: string, password: string | null) =>
    password === null ? [] : [`ALTER ROLE ${role} PASSWORD '${scramVerifier(password, randomBytes(16))}'`]
  return [
    createRole(RECEIVER_ROLE),
    createRole(VIEWER_ROLE),
    ...passwordOf(RECEIVER_ROLE, passwords.receiver),
    ...passwordOf(VIEWER_ROLE, passwords.viewer),
    `ALTER ROLE ${VIEWER_ROLE} SET default_transaction_read_only = on`,
    `DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO ${RECEIVER_ROLE}, ${VIEWER_ROLE}', current_database()); END $$`,
    `GRANT USAGE, CREATE ON SCHEMA public TO ${RECEIVER_ROLE}`,
    `GRANT USAGE ON SCHEMA public TO ${VIEWER_ROLE}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${VIEWER_ROLE}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${RECEIVER_ROLE} IN SCHEMA public GRANT SELECT ON TABLES TO ${VIEWER_ROLE}`,
  ]
}

export const RECEIVER_ROLE = 'ipupdater_receiver'
export const VIEWER_ROLE = 'ipupdater_viewer'

/** PostgreSQL has no CREATE ROLE IF NOT EXISTS. */
function createRole(name: string): string {
  return `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name} LOGIN; END IF; END $$`
}

/** What PostgreSQL stores instead of a password: RFC 5803, as in its catalog pg_authid. */
function scramVerifier(password: string, salt: Buffer): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const keyOf = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64')
  const server = keyOf('Server Key').toString('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${server}`
}

/** PostgreSQL's own number. */
const ITERATIONS = 4096
