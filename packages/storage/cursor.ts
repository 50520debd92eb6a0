import { StorageError } from './storage-error.ts'

/** A place in the history, opaque to whoever carries it: URL-safe text. */
export type Cursor = string & { readonly brand: 'Cursor' }

/** What orders the history, newest first. Unique: a device and family begin at most one entry a millisecond. */
export interface Position {
  readonly began: number
  readonly deviceId: number
  /** 4 or 6 for a tenure, 0 for an outage (a whole device is silent, not a family). */
  readonly family: 0 | 4 | 6
}

export function encodeCursor({ began, deviceId, family }: Position): Cursor {
  return `${began.toString(36)}-${deviceId.toString(36)}-${family}` as Cursor
}

/** @throws StorageError `bad-cursor` */
export function parseCursor(text: string): Cursor {
  return encodeCursor(positionOf(text))
}

export function positionOf(cursor: string): Position {
  const [, began, deviceId, family] = /^([0-9a-z]{1,11})-([0-9a-z]{1,11})-([046])$/.exec(cursor) ?? []
  const position = {
    began: Number.parseInt(began ?? '', 36),
    deviceId: Number.parseInt(deviceId ?? '', 36),
    family: Number(family) as Position['family'],
  }
  if (!Number.isSafeInteger(position.began) || !Number.isSafeInteger(position.deviceId)) {
    throw new StorageError('bad-cursor', 'this is not a cursor that a history page gave out')
  }
  return position
}
