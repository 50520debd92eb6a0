import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signalTrigger } from './signal-trigger.ts'

for (const signal of ['SIGUSR1', 'SIGHUP'] as const) {
  test(`${signal} triggers once, and each request has a signal of its own`, () => {
    using trigger = signalTrigger()
    const first = trigger.next()
    assert.equal(trigger.next(), first)
    assert.equal(first.aborted, false)
    process.emit(signal)
    assert.equal(first.aborted, true)
    const second = trigger.next()
    assert.equal(second.aborted, false)
    process.emit(signal)
    assert.equal(second.aborted, true)
  })
}

test('after its end, it listens to no signal', () => {
  const before = ['SIGUSR1', 'SIGHUP'].map(signal => process.listenerCount(signal))
  signalTrigger()[Symbol.dispose]()
  assert.deepEqual(
    ['SIGUSR1', 'SIGHUP'].map(signal => process.listenerCount(signal)),
    before,
  )
})
