import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { html } from './html.ts'

test('what is put into a template is escaped, in text and in attributes alike', () => {
  const hostile = `"><script>alert('1')</script>&`
  assert.equal(
    html`<p title="${hostile}">${hostile}</p>`.markup,
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">' +
      '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
  )
})

test('markup made by the template is put in as it is, also from a list', () => {
  assert.equal(
    html`<ul>${['a', '<b>'].map(x => html`<li>${x}</li>`)}</ul>`.markup,
    '<ul><li>a</li><li>&lt;b&gt;</li></ul>',
  )
})

test('an object that only looks like markup is escaped', () => {
  const forged = { markup: '<script>', toString: () => '<script>' } as unknown as string
  assert.equal(html`${forged}`.markup, '&lt;script&gt;')
})

test('nothing is shown for false, null and undefined, but 0 is', () => {
  assert.equal(html`${false}${null}${undefined}${0}`.markup, '0')
})

test('no string can put an angle bracket or a quote into the markup', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !/[<>"']/.test(html`${text}`.markup)))
})
