import type { Receipt } from '@ipupdater/protocol'

/** The words of dyndns2 that this server answers, with the HTTP status of a body that holds only this word. */
export const WORDS = {
  /** An address was recorded for the first time. */
  good: 200,
  /** The address is the known one; it was confirmed. */
  nochg: 200,
  /** The hostname's first label is not the device. */
  nohost: 200,
  /** There is no hostname, or it is not one. */
  notfqdn: 200,
  /** More than twenty hostnames. */
  numhost: 200,
  /** User name and password are missing or wrong, or came over plain HTTP. */
  badauth: 401,
  /** Too many requests. */
  abuse: 429,
  /** The server cannot record the address now. */
  '911': 503,
} as const

export type Word = keyof typeof WORDS

/** `good 203.0.113.7`, or `good 203.0.113.7,2001:db8::7` if both families were recorded, the connection's own first. */
export function recordedLine(receipts: readonly Receipt[]): string {
  const word: Word = receipts.some(({ result }) => result === 'new') ? 'good' : 'nochg'
  return `${word} ${receipts.map(({ address }) => address).join()}`
}
