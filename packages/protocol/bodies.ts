import type { Address } from './address.ts'
import { parseAddress } from './address.ts'
import { ProtocolError, quote } from './error.ts'

/** The body of `POST /ip`: an empty object. */
export const EMPTY_BODY = '{}'

export function parseEmptyBody(text: string): void {
  parseMembers(text, 'the request', [])
}

/** The answer to `POST /ip`: the address that the server sees, and its clock in milliseconds. */
export interface ObservedAddress {
  address: Address
  timestamp: number
}

export function encodeObservedAddress({ address, timestamp }: ObservedAddress): string {
  return JSON.stringify({ address, timestamp })
}

export function parseObservedAddress(text: string): ObservedAddress {
  const members = parseMembers(text, 'the answer', ['address', 'timestamp'])
  return { address: addressIn(members), timestamp: timeIn(members, 'timestamp') }
}

/** The body of `POST /update`: the observed address sent back, and the seconds until the next update is due. */
export interface Update extends ObservedAddress {
  interval?: number
}

export function encodeUpdate({ address, timestamp, interval }: Update): string {
  return JSON.stringify({ address, timestamp, interval })
}

export function parseUpdate(text: string): Update {
  const members = parseMembers(text, 'the update', ['address', 'timestamp'], ['interval'])
  const observed = { address: addressIn(members), timestamp: timeIn(members, 'timestamp') }
  return members.has('interval') ? { ...observed, interval: intervalIn(members) } : observed
}

/** The answer to `POST /update`: what the server has stored. Times are milliseconds since the epoch. */
export interface Receipt {
  result: 'new' | 'refreshed'
  address: Address
  firstSeen: number
  lastSeen: number
}

export function encodeReceipt({ result, address, firstSeen, lastSeen }: Receipt): string {
  return JSON.stringify({ result, address, firstSeen, lastSeen })
}

export function parseReceipt(text: string): Receipt {
  const members = parseMembers(text, 'the receipt', ['result', 'address', 'firstSeen', 'lastSeen'])
  return {
    result: resultIn(members),
    address: addressIn(members),
    firstSeen: timeIn(members, 'firstSeen'),
    lastSeen: timeIn(members, 'lastSeen'),
  }
}

type Members = ReadonlyMap<string, unknown>

/** The members of a flat JSON object that has all required members, and no others but the optional ones. */
function parseMembers(
  text: string,
  what: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Members {
  const members = new Map(Object.entries(parseObject(text, what)))
  for (const name of required) {
    if (!members.has(name)) throw malformed(`${what} has no member "${name}"`)
  }
  for (const [name, value] of members) {
    if (!required.includes(name) && !optional.includes(name)) {
      throw malformed(`${what} has an unknown member ${quote(name)}`)
    }
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw malformed(`"${name}" in ${what} is not a string or a number`)
    }
  }
  // RFC 8259 §4: if a name comes twice, parsers differ in which value they take. The object is flat, so each name
  // and each string value has two quotation marks in the text; a name that comes twice gives more.
  const strings = members.size + [...members.values()].filter(value => typeof value === 'string').length
  if (text.split('"').length - 1 !== 2 * strings) {
    throw malformed(`${what} has a member twice, or an escaped quotation mark`)
  }
  return members
}

function parseObject(text: string, what: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed(`${what} is not JSON: ${quote(text)}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(`${what} is not a JSON object: ${quote(text)}`)
  }
  return value
}

/** Only in canonical spelling, so that the signed text is also what is compared, stored and shown. */
function addressIn(members: Members): Address {
  const text = members.get('address')
  if (typeof text !== 'string') throw malformed('"address" is not a string')
  const address = parseAddress(text)
  if (address !== text) throw malformed(`"address" is ${quote(text)}; write ${quote(address)}`)
  return address
}

function timeIn(members: Members, name: string): number {
  const value = members.get(name)
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw malformed(`"${name}" is ${quote(String(value))}; use an integer of milliseconds since the epoch`)
  }
  return value
}

function intervalIn(members: Members): number {
  const value = members.get('interval')
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_INTERVAL_SECONDS) {
    throw malformed(
      `"interval" is ${quote(String(value))}; use an integer of seconds from 1 to ${MAX_INTERVAL_SECONDS} (31 days)`,
    )
  }
  return value
}

function resultIn(members: Members): Receipt['result'] {
  const value = members.get('result')
  if (value !== 'new' && value !== 'refreshed') {
    throw malformed(`"result" is ${quote(String(value))}; use "new" or "refreshed"`)
  }
  return value
}

export const MAX_INTERVAL_SECONDS = 31 * 24 * 60 * 60

function malformed(message: string): ProtocolError {
  return new ProtocolError('malformed', message)
}
