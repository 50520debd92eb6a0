import type { ProblemCode } from '@ipupdater/protocol'
import { ProtocolError } from '@ipupdater/protocol'
import type { StorageErrorCode } from '@ipupdater/storage'
import { StorageError } from '@ipupdater/storage'

/** A storage error as the client sees it, without paths or SQL. Other errors stay as they are. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error
  const [code, detail] = refusals[error.code]
  // All of these end without a restart of the viewer: every request tries again.
  return new ProtocolError(code, detail, { cause: error, extra: { retryAfter: 10 } })
}

const unreadable = 'storage-unavailable'

const refusals: Readonly<Record<StorageErrorCode, readonly [code: ProblemCode, detail: string]>> = {
  missing: [
    'no-database',
    'The receiver has not created it yet, or does not share its volume with the viewer.',
  ],
  'not-ready': ['no-database', 'The receiver is creating or upgrading it.'],
  'newer-schema': ['schema-unknown', 'A newer receiver has upgraded the database.'],
  corrupt: [unreadable, 'The database is damaged.'],
  busy: [unreadable, 'The database is locked.'],
  'in-use': [unreadable, 'Another program has reserved the database.'],
  io: [unreadable, 'The volume cannot be read.'],
  full: [unreadable, 'The volume is full.'],
  'read-only': [unreadable, 'The database can be read again once the receiver has recovered it.'],
  'no-access': [unreadable, 'The viewer has no permission to read the files of the database.'],
  unreachable: [unreadable, 'The database server cannot be reached.'],
  unsuitable: [unreadable, 'The database server cannot be used.'],
  closed: ['stopping', 'The viewer is stopping.'],
  'bad-cursor': ['bad-query', 'The value of "before" is not a cursor from a "next" link.'],
}
