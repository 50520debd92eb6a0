import type { DeviceName, Family } from '@ipupdater/protocol'
import { parseDeviceName } from '@ipupdater/protocol'
import { StorageError } from './storage-error.ts'

/** A place in the history, opaque to whoever passes it on: URL-safe text. */
export type Cursor = string & { readonly brand: 'Cursor' }

/**
 * Identifies one entry of the history by what it says, not by a row: the same in every backend, and in a copy of the
 * database. A device begins at most one entry a millisecond in each family; family 0 is an outage.
 */
export interface Position {
  readonly began: number
  readonly family: Family | 0
  readonly device: DeviceName
}

export function encodeCursor({ began, family, device }: Position): Cursor {
  return `${began.toString(36)}-${family}-${device}` as Cursor
}

/** @throws StorageError `bad-cursor`, also for the cursors of versions before 1.1, which had row numbers */
export function parseCursor(text: string): Cursor {
  try {
    const position = positionOf(text as Cursor)
    if (Number.isSafeInteger(position.began) && encodeCursor(position) === text) return text as Cursor
  } catch {
    // not a device name
  }
  throw new StorageError('bad-cursor', 'not a cursor of this version', {
    advice: 'begin again with the first page',
  })
}

/** @throws ProtocolError if this is not the text of a cursor */
export function positionOf(cursor: Cursor): Position {
  const [, began = '', family, device = ''] = /^([0-9a-z]{1,11})-([046])-(.+)$/.exec(cursor) ?? []
  return { began: parseInt(began, 36), family: Number(family) as Family | 0, device: parseDeviceName(device) }
}
