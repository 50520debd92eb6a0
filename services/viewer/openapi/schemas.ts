import type { ProblemCode } from '@ipupdater/protocol'
import { STATES } from '../device/state.ts'
import { STATE_WORDS } from '../render/state-words.ts'

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export interface Schema {
  readonly [keyword: string]: unknown
}

export interface ObjectSchema extends Schema {
  readonly properties: Readonly<Record<string, Schema>>
  /** The members that are always there. */
  readonly required: readonly string[]
}

const time = (description: string): Schema => ({ type: 'integer', minimum: 0, description })
const orNull = (schema: Schema): Schema => ({ ...schema, type: [schema.type, 'null'] })
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

const device: Schema = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }
const family: Schema = { type: 'integer', enum: [4, 6] }
const address: Schema = {
  type: 'string',
  description: 'IPv4 in dotted decimal, or IPv6 in the form of RFC 5952 §4.',
}
const confirmations: Schema = {
  type: 'integer',
  minimum: 1,
  description: 'Reports of this address since firstSeen.',
}
const evidence: Readonly<Record<string, Schema>> = {
  signed: {
    type: 'boolean',
    description: 'There is a proof. It proves something to those who check it with the secret.',
  },
  given: {
    type: 'boolean',
    description: 'A router named this address itself, and its connection came from another one.',
  },
  proof: {
    anyOf: [ref('Proof'), { type: 'null' }],
    description: 'Null if the device reports by password.',
  },
}
const next: Schema = {
  type: ['string', 'null'],
  description: 'The next page, as a reference relative to this one; null on the last page.',
}

/** An object whose members are all there, except those in `optional`. */
function object(
  properties: Readonly<Record<string, Schema>>,
  { optional = [], ...more }: { optional?: readonly string[]; description?: string } = {},
): ObjectSchema {
  const required = Object.keys(properties).filter(name => !optional.includes(name))
  return { type: 'object', ...more, properties, required }
}

/** What the viewer can refuse with. */
export const VIEWER_PROBLEMS: readonly ProblemCode[] = [
  'bad-query',
  'internal',
  'malformed',
  'method-not-allowed',
  'misdirected',
  'no-address',
  'no-database',
  'not-acceptable',
  'not-found',
  'rate-limited',
  'schema-unknown',
  'stopping',
  'storage-unavailable',
  'unknown-device',
]

export const SCHEMAS: Readonly<Record<string, ObjectSchema>> = {
  Addresses: object({ addresses: { type: 'array', items: ref('Current') }, next }),
  Current: object(
    {
      device,
      family,
      address,
      firstSeen: time('When this address was first reported.'),
      lastSeen: time('When it was last reported.'),
      confirmations,
      interval: orNull({
        type: 'integer',
        minimum: 1,
        description:
          'Seconds from one report to the next, as the device announces them; null: not announced.',
      }),
      dueAt: orNull(time('When the next report of the device is due; null without an interval.')),
      late: {
        type: 'boolean',
        description: 'The report is overdue by more than half an interval.',
      },
      contested: { type: 'boolean', description: 'Two addresses take turns: there may be two senders.' },
      flips: { type: 'integer', minimum: 0, description: 'How often it went back to the address before.' },
      ...evidence,
    },
    { description: 'The current address of a device in one family.' },
  ),
  Entries: object({
    entries: { type: 'array', items: { oneOf: [ref('Tenure'), ref('Outage')] } },
    next,
  }),
  Tenure: object(
    {
      kind: { const: 'tenure' },
      device,
      family,
      address,
      firstSeen: time('When this address was first reported.'),
      lastSeen: time('When it was last reported.'),
      confirmations,
      open: { type: 'boolean', description: 'It is the current address.' },
      ...evidence,
    },
    { description: 'A stretch of time in which a device held one address.' },
  ),
  Outage: object(
    {
      kind: { const: 'outage' },
      device,
      from: time('When the report was due that did not come.'),
      to: orNull(time('When the next report came; null: none has come yet.')),
    },
    { description: 'A stretch of time without the reports that the device had announced.' },
  ),
  Proof: object(
    {
      contentDigest: { type: 'string' },
      signatureInput: { type: 'string' },
      signature: { type: 'string' },
      body: { type: 'string' },
    },
    {
      description:
        'The latest signed update of this address as it came: three header fields and the body. docs/protocol.md says how to verify it.',
    },
  ),
  Badge: object(
    {
      schemaVersion: { const: 1 },
      label: { type: 'string', description: 'The name of the device.' },
      message: { type: 'string', enum: STATES.map(state => STATE_WORDS[state].short) },
      color: { type: 'string', pattern: '^#[0-9a-f]{6}$' },
    },
    { description: 'A Shields endpoint (https://shields.io/badges/endpoint-badge).' },
  ),
  Health: object({ status: { type: 'string', enum: ['alive', 'ready'] } }),
  Problem: object(
    {
      type: { type: 'string', pattern: '^urn:ipupdater:problem:' },
      title: { type: 'string' },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      code: { type: 'string', enum: VIEWER_PROBLEMS },
      detail: { type: 'string', description: 'What was given and what is expected.' },
      advice: { type: 'string', description: 'What to do.' },
      retryAfter: { type: 'integer', minimum: 1, description: 'Seconds; also in Retry-After.' },
      requestId: { type: 'string', description: "The request in the viewer's log; also in X-Request-Id." },
    },
    { optional: ['detail', 'retryAfter'], description: 'RFC 9457. Codes and statuses are stable.' },
  ),
}
