import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../fixtures/shell.ts'
import { startServer } from './server.ts'

test('if another user owns a volume, the start fails, and the printed commands fix it', async () => {
  await using server = await startServer({}, ['--no-start'])
  const asRoot = ['run', '--rm', '--no-deps', '--user', 'root', '--cap-add', 'CHOWN', '--entrypoint', 'chown']
  await server.compose(...asRoot, 'receiver', '1234:1234', '/data')

  await server.compose('start', 'receiver')
  const message = await eventually(async () => {
    const logs = await server.compose('logs', '--no-color', '--no-log-prefix', 'receiver')
    assert.match(logs, /Cannot start/)
    return logs
  })
  assert.match(message, /DATA_DIR=\/data is owned by uid 1234 and gid 1234/)
  assert.match(message, /runs as uid 1000 and gid 1000/)

  for (const first of ['run', 'restart']) {
    const command = new RegExp(`docker compose (${first} .*)`).exec(message)?.[1] ?? assert.fail(message)
    await server.compose(...command.trim().split(' '))
  }
  await server.compose('up', '--detach', '--wait')
  assert.equal(await server.inspect('receiver', '{{.State.Health.Status}}'), 'healthy')
})
