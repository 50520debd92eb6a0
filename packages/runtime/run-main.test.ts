import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

const runtime = JSON.stringify(import.meta.resolve('./index.ts'))

/** Runs this text as a program of its own and sends it the signals, each after a line of output. */
async function run(body: string, ...signals: NodeJS.Signals[]) {
  const program = `import { runMain, StartError, stopSignal, aborted } from ${runtime}\n${body}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program])
  let errors = ''
  child.stderr.on('data', data => {
    errors += data
  })
  child.stdout.on('data', () => {
    const signal = signals.shift()
    if (signal) child.kill(signal)
  })
  const [code] = await once(child, 'close')
  return { code, errors }
}

test('a start-up error is printed with advice and without a stack, and ends with code 2', async () => {
  const { code, errors } = await run(
    `await runMain(async () => { throw new StartError('settings', 'PORT is wrong.', 'set PORT.') })`,
  )
  assert.equal(errors, 'Cannot start: PORT is wrong.\nWhat to do: set PORT.\n')
  assert.equal(code, 2)
})

test('any other error is printed with its stack and ends with code 1', async () => {
  const { code, errors } = await run(`await runMain(async () => { throw new Error('a bug') })`)
  assert.match(errors, /^Error: a bug\n {4}at /)
  assert.equal(code, 1)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} lets the program finish and end with code 0`, async () => {
    const body = `await runMain(async stop => {
      const alive = setInterval(() => {}, 1000)
      console.log('ready')
      await aborted(stop)
      clearInterval(alive)
    })`
    assert.deepEqual(await run(body, signal), { code: 0, errors: '' })
  })
}

test('a program that is still running at the deadline is ended with code 1', async () => {
  const body = `stopSignal(50); setInterval(() => {}, 1000); console.log('ready')`
  const { code, errors } = await run(body, 'SIGTERM')
  assert.equal(errors, 'Stopped without finishing: still running 50 ms after SIGTERM.\n')
  assert.equal(code, 1)
})

test('a second signal ends the program at once', async () => {
  const body = `const stop = stopSignal(60000); setInterval(() => {}, 1000); console.log('ready')
    aborted(stop.signal).then(() => console.log('stopping'))`
  const { code, errors } = await run(body, 'SIGINT', 'SIGINT')
  assert.match(errors, /second SIGINT/)
  assert.equal(code, 1)
})
