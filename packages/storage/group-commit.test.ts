import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { GroupCommit } from './group-commit.ts'

test('items that arrive during a commit share the next one', async () => {
  const batches: number[][] = []
  const group = new GroupCommit<number, number>(async items => {
    batches.push([...items])
    await setImmediate()
    return items.map(item => item * 10)
  })
  const first = group.add(1)
  await setImmediate()
  const rest = [2, 3, 4].map(item => group.add(item))
  assert.deepEqual(await Promise.all([first, ...rest]), [10, 20, 30, 40])
  assert.deepEqual(batches, [[1], [2, 3, 4]])
})

test('commits never overlap', async () => {
  let running = 0
  const group = new GroupCommit<number, number>(async items => {
    assert.equal(++running, 1)
    await setImmediate()
    running--
    return items
  })
  const commits: Promise<number>[] = []
  for (let round = 0; round < 10; round++) {
    commits.push(group.add(round))
    await setImmediate()
  }
  await Promise.all(commits)
})

test('a commit that fails rejects its whole batch, and no item of the next', async () => {
  let fails = true
  const group = new GroupCommit<number, number>(async items => {
    if (fails) throw new Error('disk failure')
    return items
  })
  const refused = await Promise.allSettled([group.add(1), group.add(2)])
  assert.deepEqual(
    refused.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  fails = false
  assert.equal(await group.add(3), 3)
})

test('exclusive work runs between two batches, and its failure affects no batch', async () => {
  let running = false
  const group = new GroupCommit<number, number>(async items => {
    running = true
    await setImmediate()
    running = false
    return items
  })
  const commits = [group.add(1), group.add(2)]
  await group.runExclusive(async () => assert.equal(running, false))
  await assert.rejects(
    group.runExclusive(async () => {
      throw new Error('work failed')
    }),
    /work failed/,
  )
  assert.deepEqual(await Promise.all([...commits, group.add(3)]), [1, 2, 3])
})

test('exclusive work alone commits no empty batch', async () => {
  const sizes: number[] = []
  const group = new GroupCommit<number, number>(async items => {
    sizes.push(items.length)
    return items
  })
  await group.runExclusive(async () => {})
  await group.idle()
  assert.deepEqual(sizes, [])
})

test('idle waits for what is running and for what was added meanwhile', async () => {
  const done: number[] = []
  const group = new GroupCommit<number, number>(async items => {
    await setImmediate()
    done.push(...items)
    return items
  })
  const first = group.add(1).then(() => group.add(2))
  await group.idle()
  assert.deepEqual(done, [1, 2])
  await first
})

test('a thousand and more waiting items are committed in order, in batches of bounded size', async () => {
  const sizes: number[] = []
  const group = new GroupCommit<number, number>(async items => {
    sizes.push(items.length)
    return items
  })
  const items = Array.from({ length: 2500 }, (_, index) => index)
  assert.deepEqual(await Promise.all(items.map(item => group.add(item))), items)
  assert.ok(Math.max(...sizes) <= 1024, `${sizes}`)
})
