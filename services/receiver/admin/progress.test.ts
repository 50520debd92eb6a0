import assert from 'node:assert/strict'
import { test } from 'node:test'
import { showProgress } from './progress.ts'

function terminal(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, written, write: (text: string) => written.push(text) }
}

test('on a terminal the seconds are counted, and the line is erased at the end', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { written, ...output } = terminal(true)
  const { promise, resolve } = Promise.withResolvers<string>()
  const shown = showProgress(output)('Copying', () => promise)
  t.mock.timers.tick(2500)
  assert.deepEqual(written, ['\rCopying … 1 s', '\rCopying … 2 s'])
  resolve('done')
  assert.equal(await shown, 'done')
  assert.equal(written.at(-1), '\r\u001b[K')
})

test('nothing is written without a terminal, nor for what takes less than a second', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  for (const isTTY of [true, false]) {
    const { written, ...output } = terminal(isTTY)
    const { promise, resolve } = Promise.withResolvers<void>()
    const shown = showProgress(output)('Copying', () => promise)
    t.mock.timers.tick(isTTY ? 999 : 5000)
    resolve()
    await shown
    assert.deepEqual(written, [])
  }
})
