import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSignOfLife } from './sign-of-life.ts'

test('each sign has the time of the receiver, and its name', async () => {
  const times = [1_700_000_000_000, 1_700_000_030_000, 1_700_000_060_000]
  const given: [string, number][] = []
  const { promise: gaveAll, resolve } = Promise.withResolvers<void>()
  const store = {
    checkWritable: async () => {},
    signOfLife: async (receiver: string, at: number) => {
      given.push([receiver, at])
      if (times.length === 0) resolve()
    },
  }
  const signs = startSignOfLife({ store, receiver: 'a:8080', now: () => times.shift() ?? 0, everyMs: 1 })
  await gaveAll
  await signs[Symbol.asyncDispose]()
  assert.deepEqual(given.slice(0, 3), [
    ['a:8080', 1_700_000_000_000],
    ['a:8080', 1_700_000_030_000],
    ['a:8080', 1_700_000_060_000],
  ])
})

for (const failing of ['checkWritable', 'signOfLife'] as const) {
  test(`if ${failing} fails, no sign is given, and it is tried again`, async () => {
    const { promise: askedTwice, resolve } = Promise.withResolvers<void>()
    let asked = 0
    let given = 0
    const fail = async () => {
      if (++asked === 2) resolve()
      throw new Error('disk full')
    }
    const store = {
      checkWritable: async () => {},
      signOfLife: async () => {
        given++
      },
      [failing]: fail,
    }
    const signs = startSignOfLife({ store, receiver: 'a', now: Date.now, everyMs: 1 })
    await askedTwice
    await signs[Symbol.asyncDispose]()
    assert.equal(given, 0)
  })
}
