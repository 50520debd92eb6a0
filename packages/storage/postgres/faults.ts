import type { StorageErrorCode } from '../storage-error.ts'
import { StorageError } from '../storage-error.ts'
import type { Server } from './server.ts'

/** Translates a fault of PostgreSQL, its driver or the network: what is wrong with which server, and how to fix it. */
export function postgresFault(error: unknown, server: Server): StorageError {
  if (error instanceof StorageError) return error
  const [fault, advice] = MESSAGES[faultCode(error)](server.name)
  const reason = error instanceof Error ? error.message : String(error)
  return new StorageError(faultCode(error), `${fault} (${reason})`, { advice, cause: error })
}

function faultCode(error: unknown): StorageErrorCode {
  const { code } = (error ?? {}) as { code?: unknown }
  if (typeof code !== 'string') return 'unreachable' // the driver's own errors: a connection that ended or did not begin
  return CODES[code] ?? CLASSES[code.slice(0, 2)] ?? (SQLSTATE.test(code) ? 'io' : 'unreachable')
}

const SQLSTATE = /^[0-9A-Z]{5}$/

/** SQLSTATEs (postgresql.org/docs/current/errcodes-appendix.html) and codes of the operating system. */
const CODES: Readonly<Record<string, StorageErrorCode>> = {
  EACCES: 'no-access',
  EPIPE: 'unreachable', // the only ones of the system that look like a SQLSTATE
  EPERM: 'no-access',
  '25006': 'read-only', // a standby, after a failover
  '3D000': 'missing',
  '3F000': 'not-ready',
  '40001': 'busy',
  '40P01': 'busy',
  '42501': 'no-access',
  '42703': 'not-ready', // no such column
  '42P01': 'not-ready', // no such table
  '53100': 'full',
  '53300': 'unreachable', // too many connections
  '55P03': 'busy', // lock_timeout
  '57P01': 'unreachable', // the server shuts down
  '57P02': 'unreachable',
  '57P03': 'unreachable', // it starts up
  '57P04': 'missing',
  '57P05': 'unreachable',
}

const CLASSES: Readonly<Record<string, StorageErrorCode>> = {
  '08': 'unreachable',
  '28': 'no-access',
  XX: 'corrupt',
}

const MESSAGES: Readonly<
  Record<StorageErrorCode, (name: string) => readonly [fault: string, advice?: string]>
> = {
  full: name => [`no space is left for ${name}`, 'free some; nothing acknowledged is lost'],
  'read-only': name => [`${name} is read-only`, 'connect to the primary server'],
  'no-access': name => [`${name} refuses this account`, 'check its password and its privileges'],
  missing: name => [`there is no database ${name}`, 'create it'],
  corrupt: name => [`${name} is damaged`, 'look into its log; restore a backup'],
  busy: name => [`another program holds a lock of ${name}`, 'end it'],
  'in-use': name => [`another program has reserved ${name}`],
  unreachable: name => [`${name} does not answer`, 'check that the server runs and can be reached'],
  unsuitable: name => [`${name} cannot be used`],
  io: name => [`${name} failed`, 'look into its log'],
  'not-ready': name => [`${name} has no tables yet`, 'start the receiver, which makes them'],
  'newer-schema': name => [`${name} was written by a newer version`, 'run that one'],
  'bad-cursor': () => ['not a cursor'],
  closed: name => [`${name} is closed`],
}
