import type { ProblemCode } from '@ipupdater/protocol'
import { ProtocolError } from '@ipupdater/protocol'
import type { StorageErrorCode } from '@ipupdater/storage'
import { StorageError } from '@ipupdater/storage'

/**
 * An error of the storage as the refusal that the asker sees: what is missing, and nothing of paths or SQL.
 * Other errors are what they are.
 */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error
  const [code, detail] = refusals[error.code]
  // All of these pass without the viewer's being restarted: it looks again at every request.
  return new ProtocolError(code, detail, { cause: error, extra: { retryAfter: 10 } })
}

const unreadable = 'storage-unavailable'

const refusals: Readonly<Record<StorageErrorCode, readonly [code: ProblemCode, detail: string]>> = {
  missing: ['no-database', 'the receiver has not made one yet, or does not share its volume with the viewer'],
  'not-ready': ['no-database', 'the receiver is just making or upgrading its database'],
  'newer-schema': ['schema-unknown', 'the database was made by a newer receiver than this viewer knows'],
  corrupt: [unreadable, 'the database is damaged'],
  busy: [unreadable, 'the database is locked'],
  io: [unreadable, 'the volume cannot be read'],
  full: [unreadable, 'the volume is full'],
  'read-only': [unreadable, 'the database cannot be read before the receiver has mended it'],
  'wrong-owner': [unreadable, 'the files of the database do not allow this program to read them'],
  closed: ['stopping', 'the viewer is stopping'],
  'bad-cursor': ['bad-query', 'before is not a cursor that a "next" link gave out'],
}
