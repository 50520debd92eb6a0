import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entityTag, isHeld } from './entity-tag.ts'

test('whatever changes the answer changes the tag', () => {
  const tags = [
    entityTag('a', '1', 'text', null),
    entityTag('b', '1', 'text', null),
    entityTag('a', '2', 'text', null),
    entityTag('a', '1', 'json', null),
    entityTag('a', '1', 'text', 0),
    entityTag('a', '1', 'text', 60_000),
  ]
  assert.equal(new Set(tags).size, tags.length)
})

test('a tag is found in a list, weak or made strong on the way', () => {
  const tag = entityTag('a', '1', 'text', null)
  assert.equal(tag, 'W/"a.1.text"')
  for (const header of [tag, '"a.1.text"', '"x", W/"a.1.text"', '"x","a.1.text" ']) {
    assert.ok(isHeld(tag, header), header)
  }
})

test('another tag, a part of the tag, "*" and nothing are not the tag', () => {
  for (const header of ['W/"a.2.text"', '"a.1"', 'a.1.text', '*', '', ', ,']) {
    assert.ok(!isHeld('W/"a.1.text"', header), header)
  }
})
