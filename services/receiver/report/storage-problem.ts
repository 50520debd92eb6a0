import { ProtocolError } from '@ipupdater/protocol'
import { StorageError } from '@ipupdater/storage'

/** A storage error as the client sees it: its code, without paths or SQL. Other errors stay as they are. */
export function storageProblem(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error
  if (error.code === 'closed')
    return new ProtocolError('stopping', 'the database is closed already', { cause: error })
  return new ProtocolError('storage-unavailable', `the database cannot be written: ${error.code}`, {
    cause: error,
    extra: { retryAfter: 10 },
  })
}
