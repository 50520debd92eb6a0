import { StorageError } from '../storage-error.ts'

/** A database on a server. */
export interface Server {
  /** With the account and its password: never for a message. */
  readonly url: string
  /** Host, port and database, for messages. */
  readonly name: string
}

/** @throws StorageError `unreachable` if this is not the URL of one PostgreSQL server; the message does not show it */
export function serverOf(url: string): Server {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new StorageError('unreachable', 'the URL of the PostgreSQL database cannot be read', {
      advice: 'write postgres://USER:PASSWORD@HOST:5432/DATABASE, special characters of the password as %XX',
    })
  }
  const host = parsed.searchParams.get('host') ?? decodeURIComponent(parsed.hostname)
  if (host.includes(',')) {
    throw new StorageError('unreachable', `"${host}" names several servers`, {
      advice: 'name one; a proxy or a virtual address in front of them finds the primary',
    })
  }
  return { url, name: `${host || 'localhost'}:${parsed.port || '5432'}${parsed.pathname}` }
}
