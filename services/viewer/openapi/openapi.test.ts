import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { createRoutes } from '../app.ts'
import type { Answer } from '../fixtures/answers.ts'
import { answers, startAnswering } from '../fixtures/answers.ts'
import { startViewer } from '../fixtures/viewer.ts'
import { openapi } from './openapi.ts'
import type { Schema } from './schemas.ts'

type Schemas = typeof openapi.components.schemas

test('the description says of every real answer which members it has, no more and no fewer', async t => {
  for (const [schema, bodies] of await bodiesBySchema(t)) {
    const validate = validator(schema, openapi.components.schemas)
    for (const body of bodies) assert.ok(validate(body), JSON.stringify([body, validate.errors]))
  }
})

test('every described member is in a real answer', async t => {
  const all = await bodiesBySchema(t)
  const schemas: Schemas = openapi.components.schemas
  for (const [name, schema] of Object.entries(schemas)) {
    for (const member of Object.keys(schema.properties)) {
      const { [member]: _, ...properties } = schema.properties
      const required = schema.required.filter(other => other !== member)
      const without = { ...schemas, [name]: { ...schema, properties, required } }
      const isSeen = [...all].some(([of, bodies]) => !bodies.every(body => validator(of, without)(body)))
      assert.ok(isSeen, `no answer has ${name}.${member}`)
    }
  }
})

test('every described status of every operation occurs', async t => {
  const seen = new Set((await answers(t)).map(answer => `${answer.path} ${describedStatus(answer)}`))
  const described = Object.keys(openapi.paths).flatMap(path =>
    Object.keys(operationOf(path).responses).map(status => `${path} ${status}`),
  )
  assert.deepEqual([...seen].sort(), described.sort())
})

test('every route that answers JSON is described', () => {
  const paths = createRoutes({} as never).stack.map(({ path }) => String(path))
  const described = paths.map(path =>
    path.replace('/badge/:name', '/badge/{device}.json').replace(':device', '{device}'),
  )
  assert.deepEqual(
    [...described, '/wait', '/openapi.json', '/healthz', '/readyz'].sort(),
    Object.keys(openapi.paths).sort(),
  )
})

test('every described parameter is known to its route, and every other one is refused', async t => {
  const viewer = await startAnswering(t)
  const names = Object.entries(openapi.components.parameters)
    .filter(([, { in: place }]) => place === 'query')
    .map(([name]) => name)
  for (const path of ['/', '/getip', '/getip/{device}', '/history', '/history/{device}']) {
    const described = operationOf(path).parameters.map(({ $ref }) => $ref.split('/').at(-1))
    for (const name of names) {
      const value = ({ family: '4', at: '2026-11-22' } as Record<string, string>)[name] ?? '~'
      const answer = await viewer.json(`${path.replace('{device}', 'home')}?${name}=${value}`)
      const { detail = '' } = answer as { detail?: string }
      const isRefused = /^Unknown parameter| needs a device/.test(detail)
      assert.equal(isRefused, !described.includes(name), `${path}: ${detail}`)
    }
  }
})

test('the description is served, and every reference in it leads somewhere', async t => {
  const viewer = await startViewer(t)
  const served = await viewer.json('/openapi.json')
  assert.deepEqual(served, JSON.parse(JSON.stringify(openapi)))
  for (const [, reference = ''] of JSON.stringify(openapi).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    assert.notEqual(resolve(reference), undefined, reference)
  }
})

function describedStatus({ path, status }: Answer): string {
  const { responses } = operationOf(path)
  return Object.hasOwn(responses, status) ? String(status) : 'default'
}

const NO_BODY: Schema = { type: 'null' }

/** The schema for an answer, by its status and media type. */
function schemaOf(answer: Answer): Schema {
  const { responses } = operationOf(answer.path)
  const response = responses[describedStatus(answer)] as { $ref?: string }
  const { content } = (response.$ref === undefined ? response : resolve(response.$ref)) as {
    content?: Record<string, { schema: Schema }>
  }
  if (content === undefined) return NO_BODY
  const media = content[answer.type]
  assert.ok(media, `${answer.path} ${answer.status} is not described as ${answer.type}`)
  return media.schema
}

function operationOf(path: string): { parameters: { $ref: string }[]; responses: Record<string, unknown> } {
  const item = (openapi.paths as Record<string, { get: ReturnType<typeof operationOf> }>)[path]
  assert.ok(item, path)
  return item.get
}

function resolve(reference: string): unknown {
  const names = reference.replace(/^#\//, '').split('/')
  return names.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], openapi)
}

/** The answers by the schema that describes them, so that each schema is compiled once. */
async function bodiesBySchema(t: TestContext): Promise<Map<Schema, unknown[]>> {
  const bodies = new Map<Schema, unknown[]>()
  for (const answer of await answers(t)) {
    const schema = schemaOf(answer)
    bodies.set(schema, [...(bodies.get(schema) ?? []), answer.body])
  }
  return bodies
}

// The document around a schema is no keyword of JSON Schema.
const ajv = new Ajv2020({ strictSchema: false })

/** Stricter than the description, which lets members be added later. */
function validator(schema: Schema, schemas: Schemas) {
  const closed = Object.entries(schemas).map(([name, each]) => [
    name,
    { ...each, unevaluatedProperties: false },
  ])
  const document = { ...schema, components: { schemas: Object.fromEntries(closed) } }
  return ajv.compile(document)
}
