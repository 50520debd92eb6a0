import type { Schema } from './schemas.ts'
import { SCHEMAS } from './schemas.ts'

const description = `The JSON of the viewer. It reads only, and has no login of its own.

- Times are integer milliseconds since 1970-01-01T00:00:00Z by the server's clock.
- \`Accept: application/json\` or \`?format=json\` asks for JSON. The same paths have text, CSV, Atom and pages.
- A path answers HEAD as GET, and 304 for its ETag. New members may be added to every object.
- The receiver, at another port, takes only signed messages, which this format cannot describe. docs/protocol.md
  defines them.`

/** Every route of the viewer that answers JSON, in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html). */
export const openapi = {
  openapi: '3.1.1',
  info: {
    title: 'ipupdater viewer',
    version: '1.0.0',
    description,
    license: { name: 'MIT', identifier: 'MIT' },
  },
  // Relative to this description, so it is right under every path that a proxy gives it.
  servers: [{ url: '.' }],
  // The reverse proxy decides who may read.
  security: [],
  paths: {
    '/': getip('listDevicesAtRoot', 'The same as /getip'),
    '/getip': getip('listDevices', 'The current addresses of every device, by name'),
    '/getip/{device}': operation('getDevice', 'The current addresses of one device, IPv4 first', {
      parameters: ['device', 'family', 'format'],
      answer: 'Addresses',
    }),
    '/history': operation('listHistory', 'Addresses and outages of all devices, newest first', {
      parameters: ['from', 'to', 'kind', 'limit', 'before', 'after', 'format'],
      answer: 'Entries',
    }),
    '/history/{device}': operation('getHistory', 'Addresses and outages of one device, newest first', {
      parameters: ['device', 'from', 'to', 'at', 'family', 'kind', 'limit', 'before', 'after', 'format'],
      answer: 'Entries',
    }),
    '/badge/{device}.json': operation('getBadge', 'The state of a device, without its address', {
      parameters: ['device'],
      answer: 'Badge',
      hasTag: false,
    }),
    '/wait': operation('wait', 'Answers once the content of a page differs, or with 304 after 25 seconds', {
      parameters: ['page', 'ifNoneMatch'],
      answer: { anyOf: [ref('Addresses'), ref('Entries'), ref('Badge')] },
    }),
    '/healthz': operation('isAlive', 'The viewer is alive', { answer: 'Health', hasTag: false }),
    '/readyz': operation('isReady', 'The viewer can read its database', { answer: 'Health', hasTag: false }),
    '/openapi.json': operation('getDescription', 'This description', {
      answer: { type: 'object', required: ['openapi', 'info', 'paths'] },
    }),
  },
  components: {
    schemas: SCHEMAS,
    parameters: {
      device: inPath('device', ref('Current/properties/device')),
      family: inQuery('family', { type: 'integer', enum: [4, 6] }, 'Only this family.'),
      format: inQuery('format', { const: 'json' }, 'In place of an Accept header.'),
      from: inQuery(
        'from',
        { type: 'string' },
        'Entries from this time: a date, a date and time, or milliseconds.',
      ),
      to: inQuery('to', { type: 'string' }, 'Entries before this time.'),
      at: inQuery('at', { type: 'string' }, 'What was in effect at this time, in place of a period.'),
      kind: inQuery(
        'kind',
        { type: 'string', enum: ['tenure', 'outage'] },
        'Only addresses, or only outages.',
      ),
      limit: inQuery(
        'limit',
        { type: 'integer', minimum: 1, maximum: 1000 },
        'Devices or entries on a page.',
      ),
      before: inQuery('before', { type: 'string' }, 'A cursor from `next`.'),
      after: inQuery('after', { type: 'string' }, 'A cursor, or the last device of the page before.'),
      page: {
        ...inQuery('page', { type: 'string' }, 'A path without its first slash: `getip/home`.'),
        required: true,
      },
      ifNoneMatch: {
        name: 'If-None-Match',
        in: 'header',
        schema: { type: 'string' },
        description: 'The ETag of an earlier answer. Without it the answer comes at once.',
      },
    },
    responses: {
      NotModified: { description: 'The content has the given ETag.' },
      Problem: {
        description: 'Refused: the problem says why and what to do.',
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    },
  },
}

interface Operation {
  readonly parameters?: readonly string[]
  /** The name of its schema, or the schema. */
  readonly answer: string | Schema
  /** Whether the answer has an ETag, and so can be 304. */
  readonly hasTag?: boolean
}

function getip(operationId: string, summary: string) {
  return operation(operationId, summary, {
    parameters: ['family', 'limit', 'after', 'format'],
    answer: 'Addresses',
  })
}

function operation(
  operationId: string,
  summary: string,
  { parameters = [], answer, hasTag = true }: Operation,
) {
  const schema = typeof answer === 'string' ? ref(answer) : answer
  return {
    get: {
      operationId,
      summary,
      parameters: parameters.map(name => ({ $ref: `#/components/parameters/${name}` })),
      responses: {
        200: { description: 'The answer.', content: { 'application/json': { schema } } },
        ...(hasTag && { 304: { $ref: '#/components/responses/NotModified' } }),
        default: { $ref: '#/components/responses/Problem' },
      },
    },
  }
}

function inPath(name: string, schema: Schema) {
  return { name, in: 'path', required: true, schema }
}

function inQuery(name: string, schema: Schema, description: string) {
  return { name, in: 'query', schema, description }
}

function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}
