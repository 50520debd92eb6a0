import { setTimeout } from 'node:timers/promises'

/** Ends after `ms`, or when the signal aborts; never throws. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>

export const sleep: Sleep = (ms, signal) =>
  setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {})
