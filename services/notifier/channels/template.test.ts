import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changedAt, NOON } from '../fixtures/events.ts'
import { startHttpServer } from '../fixtures/http-server.ts'
import { httpSender } from './http.ts'
import { messageWriter } from './message.ts'
import { parseBodyTemplate, placeholders, template } from './template.ts'

const valuesWith = (value: string) =>
  Object.fromEntries(placeholders.map(name => [name, value])) as Parameters<
    ReturnType<typeof parseBodyTemplate>
  >[0]

test('no value can leave its place in JSON', () => {
  const body = parseBodyTemplate('{"text": "a {title} b", "list": [{"x": "{message}"}], "n": 5}')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), value => {
      const { contentType, text } = body(valuesWith(value))
      assert.equal(contentType, 'application/json')
      assert.deepEqual(JSON.parse(text), { text: `a ${value} b`, list: [{ x: value }], n: 5 })
    }),
  )
})

test('no value can leave its place in a form', () => {
  const body = parseBodyTemplate('token=a%26b&title=x+{title}&message={message}')
  fc.assert(
    fc.property(fc.string(), value => {
      const { contentType, text } = body(valuesWith(value))
      assert.equal(contentType, 'application/x-www-form-urlencoded')
      const fields = [...new URLSearchParams(text)]
      const wellFormed = value.toWellFormed()
      assert.deepEqual(fields, [
        ['token', 'a&b'],
        ['title', `x ${wellFormed}`],
        ['message', wellFormed],
      ])
    }),
  )
})

test('a value is not read as a template', () => {
  const body = parseBodyTemplate('{"text": "{title}{message}"}')
  assert.equal(body(valuesWith('{priority}')).text, '{"text":"{priority}{priority}"}')
})

test('what is neither JSON nor a form is refused, and so is an unknown placeholder', () => {
  for (const wrong of ['', 'hello', '{"text": ', '{"text": "{nonsense}"}', 'a={nonsense}', '[1,']) {
    assert.throws(() => parseBodyTemplate(wrong), wrong)
  }
})

test('an event arrives in the form of the template', async () => {
  await using server = await startHttpServer()
  const channel = template({
    url: new URL(server.url),
    body: parseBodyTemplate('{"d": "{device}", "4": "{ipv4}", "6": "{ipv6}", "t": "{time}", "l": "{link}"}'),
    send: httpSender({ now: () => NOON }),
    toMessage: messageWriter({ link: null, timeZone: 'UTC' }),
  })
  await channel.send(changedAt(NOON), new AbortController().signal)
  assert.deepEqual(JSON.parse(server.received[0]?.body ?? ''), {
    d: 'home',
    4: '203.0.113.7',
    6: '',
    t: '2026-11-25T12:00:00.000Z',
    l: '',
  })
})
