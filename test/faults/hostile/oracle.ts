import { isIPv4, isIPv6 } from 'node:net'
import { digestOf } from './honest.ts'
import type { Answer, Message, Request } from './message.ts'
import { fieldOf } from './message.ts'

/**
 * Whether two requests say the same to the receiver: equal in all that it reads. The label is no part of what is
 * signed and has no meaning (RFC 9421 §4.1), as long as it is one. HTTP's own freedoms (the case of names, blanks
 * around values, further fields) do not come this far; and the path is not signed, its tag is.
 */
export function saysTheSame(one: Request, other: Request): boolean {
  return one.method === other.method && isSameSigned(one, other)
}

export function answersTheSame(one: Answer, other: Answer): boolean {
  return one.status === other.status && isSameSigned(one, other)
}

function isSameSigned(one: Message, other: Message): boolean {
  const [mine, theirs] = [unlabelled(one), unlabelled(other)]
  return mine !== null && mine === theirs && one.body.equals(other.body)
}

function unlabelled(message: Message): string | null {
  const [input, signature, digest] = SIGNED.map(name => fieldOf(message, name) ?? '')
  const [, label, parameters] = /^([a-z*][a-z0-9_.*-]{0,63})=(.*)$/s.exec(input ?? '') ?? []
  if (label === undefined || !signature?.startsWith(`${label}=`)) return null
  return JSON.stringify([parameters, signature.slice(label.length), digest])
}

/** docs/protocol.md: no field of the signature is longer. */
const MAX_FIELD = 512

const SIGNED = ['signature-input', 'signature', 'content-digest']

/**
 * Whether a request whose signature holds is one of the protocol: docs/protocol.md as patterns, and a second
 * opinion on each rule that the code under test reads with a parser.
 */
export function isOfTheProtocol(request: Request): boolean {
  const { method, path, body } = request
  return (
    method === 'POST' &&
    isSoundlySigned(request, '("@method" "content-digest")', `ipupdater-${path.slice(1)}`) &&
    (path === '/ip' ? isEmptyObject(body) : updateIn(body) !== null)
  )
}

/** The same of an answer to that request. Its body is not looked at here. */
export function isAnswerOfTheProtocol(answer: Answer, request: Request): boolean {
  const label = labelOf(request)
  const components = `("@status" "content-digest" "signature";req;key="${label}")`
  const tag = `ipupdater-${request.path.slice(1)}-answer`
  return deviceOf(answer) === deviceOf(request) && isSoundlySigned(answer, components, tag)
}

function isSoundlySigned(message: Message, components: string, tag: string): boolean {
  const label = labelOf(message)
  const input = fieldOf(message, 'signature-input')
  const head = `${label}=${components}`
  if (label === undefined || !input?.startsWith(head)) return false
  if (SIGNED.some(name => (fieldOf(message, name) ?? '').length > MAX_FIELD)) return false
  const list = input.slice(head.length)
  const parameters = PARAMETERS.test(list) ? list.split(';').slice(1) : []
  const shapes = [CREATED, NONCE, KEYID, /^alg="hmac-sha256"$/, new RegExp(`^tag="${tag}"$`)]
  const signature = /^([^=]+)=:([A-Za-z0-9+/]{43}=):$/.exec(fieldOf(message, 'signature') ?? '')
  return (
    parameters.length === shapes.length &&
    shapes.every(shape => parameters.some(parameter => shape.test(parameter))) &&
    signature?.[1] === label &&
    Buffer.from(signature[2] ?? '', 'base64').toString('base64') === signature[2] &&
    fieldOf(message, 'content-digest') === digestOf(message.body)
  )
}

/** The label of its signature, if it can be one (RFC 9651 §3.1.2; at most 64 characters). */
export function labelOf(message: Message): string | undefined {
  return /^([a-z*][a-z0-9_.*-]{0,63})=/.exec(fieldOf(message, 'signature-input') ?? '')?.[1]
}

/** In whose name a message speaks. */
export function deviceOf(message: Message): string | undefined {
  return /;keyid="([^"]*)"/.exec(fieldOf(message, 'signature-input') ?? '')?.[1]
}

const PARAMETERS = /^(?:;[a-z]+=(?:\d+|"[ !#-[\]-~]*"))+$/
const CREATED = /^created=(?:0|[1-9]\d{0,14})$/
const NONCE = /^nonce="[\w-]{22,128}"$/
const KEYID = /^keyid="[a-z0-9][a-z0-9-]{0,62}"$/

/** What an update says, or null where its body is none. */
export function updateIn(body: Buffer): { address: string; timestamp: number } | null {
  const members = membersIn(body)
  if (members === null) return null
  const { address, timestamp, interval, ...others } = members
  const isUpdate =
    typeof address === 'string' &&
    isCanonical(address) &&
    Number.isSafeInteger(timestamp) &&
    Number(timestamp) >= 0 &&
    (!('interval' in members) ||
      (Number.isInteger(interval) && Number(interval) >= 1 && Number(interval) <= 31 * 86_400)) &&
    Object.keys(others).length === 0
  return isUpdate ? { address, timestamp: Number(timestamp) } : null
}

function isEmptyObject(body: Buffer): boolean {
  const members = membersIn(body)
  return members !== null && Object.keys(members).length === 0
}

/** The members of the JSON object in a body, none of them twice; else null. */
function membersIn(body: Buffer): Record<string, unknown> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    const value: unknown = JSON.parse(text)
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
    // In JSON only a name stands before a colon.
    const names = text.match(/"(?:[^"\\]|\\.)*"\s*:/g) ?? []
    return names.length === Object.keys(value).length ? { ...value } : null
  } catch {
    return null
  }
}

/** The URL standard writes IPv6 addresses as RFC 5952 does. IPv4 in IPv6's clothes is no spelling of either. */
function isCanonical(address: string): boolean {
  if (isIPv4(address)) return true
  if (!isIPv6(address) || address.includes('%') || address.startsWith('::ffff:')) return false
  return new URL(`http://[${address}]/`).hostname === `[${address}]`
}
