import assert from 'node:assert/strict'
import test from 'node:test'
import { randomPool } from './random-pool.ts'

/** A source that counts: every byte it gives is the number of its block. */
function countedBlocks() {
  const sizes: number[] = []
  const source = (size: number) => Buffer.alloc(size, sizes.push(size))
  return { sizes, source }
}

test('one block serves many, and none of its bytes twice', () => {
  const block = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 251))
  const draw = randomPool(() => block)
  const drawn = Buffer.concat(Array.from({ length: 256 }, () => Buffer.from(draw(16))))
  assert.deepEqual(drawn, block)
})

test('where the rest of a block is too short, a new one is begun', () => {
  const { sizes, source } = countedBlocks()
  const draw = randomPool(source)
  assert.deepEqual(draw(4090), Buffer.alloc(4090, 1))
  assert.deepEqual(draw(16), Buffer.alloc(16, 2))
  assert.deepEqual(sizes, [4096, 4096])
})

test('more than a block is drawn at once', () => {
  const { sizes, source } = countedBlocks()
  assert.equal(randomPool(source)(5000).length, 5000)
  assert.deepEqual(sizes, [5000])
})
