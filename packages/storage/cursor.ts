import { StorageError } from './storage-error.ts'

/** A place in the history, opaque to whoever carries it: URL-safe text. */
export type Cursor = string & { readonly brand: 'Cursor' }

/** What orders the history: by beginning, then by slot. Unique: a slot begins at most one entry a millisecond. */
export interface Position {
  readonly began: number
  readonly slot: number
}

export function encodeCursor({ began, slot }: Position): Cursor {
  return `${began.toString(36)}-${slot.toString(36)}` as Cursor
}

/** @throws StorageError `bad-cursor` */
export function parseCursor(text: string): Cursor {
  const position = positionOf(text)
  const cursor = encodeCursor(position)
  if (!Object.values(position).every(Number.isSafeInteger) || cursor !== text) {
    throw new StorageError('bad-cursor', 'not a cursor that a page of the history gave out')
  }
  return cursor
}

export function positionOf(cursor: string): Position {
  const [began = '', slot = ''] = cursor.split('-')
  return { began: Number.parseInt(began, 36), slot: Number.parseInt(slot, 36) }
}
