import type { BinaryLike } from 'node:crypto'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { DeviceName } from './device.ts'
import { parseDeviceName } from './device.ts'
import { BYTE_SEQUENCE_32 } from './digest.ts'
import { ProtocolError, quote } from './error.ts'

/** Header fields by lower-case name, as node:http gives them (lines of one name joined by ", "). */
export type FieldLines = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The combined value of a field (RFC 9110 §5.3), or undefined if it is missing. Throws `malformed` if it is longer
 * than any field of this protocol needs to be, so that nothing long is ever parsed.
 */
export function findField(headers: FieldLines, name: string): string | undefined {
  const lines = headers[name]
  const value = typeof lines === 'object' ? lines.join(', ') : lines
  if (value !== undefined && value.length > MAX_FIELD_LENGTH) {
    throw malformed(`${name} has ${value.length} characters; the limit is ${MAX_FIELD_LENGTH}`)
  }
  return value
}

/** As `findField`; throws `malformed` if the field is missing. */
export function requireField(headers: FieldLines, name: string): string {
  const value = findField(headers, name)
  if (value === undefined) throw malformed(`the field ${name} is missing`)
  return value
}

/** The one member of a Signature-Input field (RFC 9421 §4.1) in this profile. */
export interface SignatureInput extends SignatureParameters {
  label: string
  /** The list of covered components as it stands in the field, with its parentheses. */
  components: string
  /** The member's value as it stands in the field: what `"@signature-params"` covers (RFC 9421 §2.3). */
  signatureParams: string
}

export interface SignatureParameters {
  /** Seconds since the epoch by the signer's clock. */
  created: number
  nonce: string
  device: DeviceName
  tag: string
}

/** The value of the Signature-Input member; `components` is the serialised list in its parentheses. */
export function encodeSignatureParams(components: string, parameters: SignatureParameters): string {
  const { created, nonce, device, tag } = parameters
  return `${components};created=${created};nonce="${nonce}";keyid="${device}";alg="hmac-sha256";tag="${tag}"`
}

/**
 * Throws `malformed` unless the field is one signature with exactly our parameters, in the canonical form of
 * RFC 9651 §4.1. A general parser of structured fields accepts several spellings of one value and takes the last
 * of two equal names (§4.2). Here there is one spelling, and nothing can be hidden in a second one.
 */
export function parseSignatureInput(field: string): SignatureInput {
  const [, label = '', signatureParams = '', components = '', list = ''] = SIGNATURE_INPUT.exec(field) ?? []
  if (label === '') {
    throw malformed(
      `signature-input is ${quote(field)}: send one signature, LABEL=(…);NAME=VALUE…, in the canonical form of RFC 9651`,
    )
  }
  const values = new Map<string, string>()
  for (const [, name = '', value = ''] of list.matchAll(PARAMETER)) {
    if (!Object.hasOwn(PARAMETERS, name))
      throw malformed(`signature-input has an unknown parameter "${name}"`)
    if (values.has(name)) throw malformed(`signature-input has the parameter "${name}" twice`)
    values.set(name, value)
  }
  const read = (name: keyof typeof PARAMETERS) => readParameter(name, values.get(name))
  read('alg')
  return {
    label,
    components,
    signatureParams,
    created: Number(read('created')),
    nonce: read('nonce'),
    device: parseDeviceName(read('keyid')),
    tag: read('tag'),
  }
}

function readParameter(name: keyof typeof PARAMETERS, given: string | undefined): string {
  if (given === undefined) throw malformed(`signature-input has no parameter "${name}"`)
  const { pattern, expected } = PARAMETERS[name]
  const value = pattern.exec(given)?.[1]
  if (value === undefined) {
    throw malformed(`signature-input has "${name}" as ${quote(given)}; use ${expected}`)
  }
  return value
}

/** RFC 9421 §4.2: the Signature field, with one member. */
export function encodeSignature(label: string, signature: string): string {
  return `${label}=:${signature}:`
}

/** The base64 text of the one signature, which must have the label of the one Signature-Input. */
export function parseSignature(field: string, label: string): string {
  const prefix = `${label}=`
  const signature = field.startsWith(prefix) ? SIGNATURE.exec(field.slice(prefix.length))?.[1] : undefined
  if (signature === undefined) {
    throw malformed(
      `signature is ${quote(field)}: send one signature, ${quote(`${label}=:…:`)}, 32 bytes in canonical base64`,
    )
  }
  return signature
}

/** A covered component: its serialised identifier, with quotation marks and parameters, and its value. */
export type Component = readonly [identifier: string, value: string]

/** RFC 9421 §2.5: the text that is signed. */
export function signatureBase(components: readonly Component[], signatureParams: string): string {
  let base = ''
  for (const [identifier, value] of components) base += `${identifier}: ${value}\n`
  return `${base}"@signature-params": ${signatureParams}`
}

/** HMAC-SHA256 (RFC 9421 §3.3.3) of a signature base, in base64. */
export function computeMac(base: string, key: BinaryLike): string {
  return createHmac('sha256', key).update(base).digest('base64')
}

/** Whether 32 bytes in base64 are the MAC of the base, in constant time. */
export function isMac(mac: string, base: string, key: BinaryLike): boolean {
  const expected = createHmac('sha256', key).update(base).digest()
  return timingSafeEqual(Buffer.from(mac, 'base64'), expected)
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('malformed', message)
}

/** The longest Signature-Input of an answer, with two labels of 64 characters, has 461. */
export const MAX_FIELD_LENGTH = 512

const STRING = '"[ !#-[\\]-~]*"' // RFC 9651 §4.1.6, less the characters that it escapes: none of our values has one
const SIGNATURE_INPUT = new RegExp(
  `^([a-z*][a-z0-9_.*-]{0,63})=((\\([^()]*\\))((?:;[a-z]+=(?:${STRING}|[^";]+))*))$`,
)
const PARAMETER = new RegExp(`;([a-z]+)=(${STRING}|[^";]+)`, 'g')
const SIGNATURE = new RegExp(`^${BYTE_SEQUENCE_32}$`)

const PARAMETERS = {
  created: { pattern: /^(0|[1-9]\d{0,14})$/, expected: 'an integer of seconds since the epoch' },
  nonce: {
    pattern: /^"([A-Za-z0-9_-]{22,128})"$/,
    expected: 'a string of 22 to 128 characters of base64url: 16 random bytes or more',
  },
  keyid: { pattern: /^"(.*)"$/, expected: 'a string, the device name' },
  // RFC 9421 §3.3.3, and §6.2.2 for the name.
  alg: { pattern: /^"(hmac-sha256)"$/, expected: '"hmac-sha256"' },
  tag: { pattern: /^"(.*)"$/, expected: 'a string' },
} as const
