import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noonish, report, startViewer } from '../fixtures/viewer.ts'

test('a path with a slash at the end, or in capitals, is answered with the right one', async t => {
  const viewer = await startViewer(t)
  await report(viewer.dir, { address: '203.0.113.7', at: noonish })
  for (const path of [
    '/getip/home/',
    '/getip/HOME',
    '/GetIP/Home//',
    '/history/home/',
    '/getip/',
    '/HISTORY',
  ]) {
    const answer = await viewer.get(path)
    assert.equal(answer.status, 404, path)
    const [, hint = ''] = /Do you mean (\S+)\?/.exec(await answer.text()) ?? []
    assert.equal((await viewer.get(hint)).status, 200, hint)
  }
})

test('a device that reports to the viewer is told where the receiver is', async t => {
  const viewer = await startViewer(t)
  for (const path of ['/ip', '/update', '/ip/update']) {
    const answer = await fetch(viewer.url + path, { method: 'POST', body: '{}' })
    assert.equal(answer.status, 404)
    assert.match(
      await answer.text(),
      /This is the viewer\. Devices report to the receiver, usually at port 8080\./,
    )
  }
})

test('any other path gets no hint', async t => {
  const viewer = await startViewer(t)
  for (const path of ['/nothing', '/getip/NO%20BODY/', '/getip//']) {
    const text = await viewer.text(path)
    if (path !== '/getip//') assert.doesNotMatch(text, /Do you mean/, path)
  }
})
