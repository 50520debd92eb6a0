import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'

/**
 * A program that logs `count` lines of `size` letters to this file and exits at once. If the file is a pipe (64 KiB on
 * Linux), it answers EAGAIN when it is full: others who share a pipe may have made it so.
 */
function logTo(path: string, count: number, size: number) {
  const program = `
    import { closeSync, constants, openSync } from 'node:fs'
    import { createLog } from ${JSON.stringify(import.meta.resolve('./log.ts'))}
    closeSync(1)
    openSync(${JSON.stringify(path)}, constants.O_WRONLY | constants.O_NONBLOCK) // is 1, the lowest that is free
    const log = createLog({ level: 'info', format: 'json' })
    process.stderr.write('open')
    process.stdin.once('data', () => {
      for (let i = 0; i < ${count}; i++) log.info('line', { i, filler: 'x'.repeat(${size}) })
      process.exit(0)
    })`
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'pipe' })
}

function makePipe(): string {
  const path = join(temporaryDirectory(), 'pipe')
  execFileSync('mkfifo', [path])
  return path
}

for (const [what, count, size] of [
  ['many lines, of which a full pipe refuses some with EAGAIN', 20_000, 100],
  ['a line larger than the pipe, which takes it in parts', 3, 1_000_000],
] as const) {
  test(`nothing is lost of ${what}, though the process exits at once`, async () => {
    const pipe = makePipe()
    const child = logTo(pipe, count, size)
    const exited = once(child, 'exit')
    child.stdin.write('go')
    const lines = (await text(createReadStream(pipe, { highWaterMark: 4096 }))).trimEnd().split('\n')
    const isWhole = (line: string, i: number) => {
      const fields = JSON.parse(line)
      return fields.i === i && fields.filler.length === size
    }
    assert.equal(lines.length, count)
    assert.ok(lines.every(isWhole))
    assert.deepEqual(await exited, [0, null])
  })
}

test('a reader that has gone is no reason to stop', async () => {
  const pipe = makePipe()
  const child = logTo(pipe, 10, 100)
  const exited = once(child, 'exit')
  const reader = createReadStream(pipe)
  await once(child.stderr, 'data')
  reader.destroy()
  await once(reader, 'close')
  child.stdin.write('go')
  assert.deepEqual(await exited, [0, null])
})

test('a full disk is no reason to stop', async () => {
  const child = logTo('/dev/full', 10, 100)
  child.stdin.write('go')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})
