import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Received } from '../../services/notifier/fixtures/http-server.ts'
import { startHttpServer } from '../../services/notifier/fixtures/http-server.ts'
import { eventually } from '../fixtures/shell.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { startHome, wan } from './home.ts'
import { buildImage } from './images.ts'
import { startServer } from './server.ts'

test('a changed address is published within 5 s of the commit and announced within 25 s', async t => {
  await buildImage('client')
  await using outside = await startHttpServer('0.0.0.0')
  const port = new URL(outside.url).port
  const dir = temporaryDirectory()
  // In place of publish.env, which may be a developer's own.
  const override = join(dir, 'override.yml')
  const url = `http://outside.example.test:${port}`
  writeFileSync(
    override,
    JSON.stringify({
      services: {
        notifier: {
          extra_hosts: ['outside.example.test:host-gateway'],
          environment: { PUBLISH_HOME_URL: `${url}/update?hostname=home.example.org&myip={ipv4}` },
        },
      },
    }),
  )
  await using home = await startHome()
  await using server = await startServer({
    COMPOSE_FILE: `docker-compose.yml:${override}`,
    COMPOSE_PROFILES: 'notify',
    ALERT_NTFY_URL: `${url}/topic`,
  })
  const published = () => outside.received.filter(({ method }) => method === 'GET')
  const announced = () => outside.received.filter(({ method }) => method === 'POST')
  const [line = ''] = /docker run .*/.exec(await server.addDevice('home')) ?? []
  await home.startClient(line, { SCHEDULE: '*/2 * * * * *' })

  await t.test('the first address', async () => {
    await eventually(() => assert.equal(announced().length, 1), 60)
    assert.deepEqual(pathsOf(published()), [`/update?hostname=home.example.org&myip=${wan.first}`])
  })

  await t.test('the changed address', async () => {
    await home.moveTo(wan.second)
    await eventually(() => assert.equal(announced().length, 2), 60)
    assert.deepEqual(pathsOf(published()).slice(1), [`/update?hostname=home.example.org&myip=${wan.second}`])
    const { message } = JSON.parse(announced()[1]?.body ?? '{}')
    assert.match(message, new RegExp(`^IPv4 ${wan.second} \\(was ${wan.first}\\)$`, 'm'))

    const { text } = await server.view('/history/home', 'application/json')
    const committed = (JSON.parse(text) as { entries: { firstSeen: number }[] }).entries[0]?.firstSeen ?? 0
    const seconds = (received: Received | undefined) => ((received?.at ?? 0) - committed) / 1000
    t.diagnostic(`published after ${seconds(published()[1])} s, announced after ${seconds(announced()[1])} s`)
    assert.ok(seconds(published()[1]) < 5)
    assert.ok(seconds(announced()[1]) < 25)
  })

  await t.test('the commands, health and restrictions of the container', async () => {
    const notifier = (...args: readonly string[]) => server.compose('exec', '-T', 'notifier', ...args)
    assert.match(
      await notifier('ipupdater-notifier', 'test', 'ntfy'),
      /^ntfy: delivered \(answered 200 ok\)$/m,
    )
    assert.match(await notifier('ipupdater-notifier', 'list'), /^ntfy: works, last delivered/m)
    assert.equal(await server.inspect('notifier', '{{.State.Health.Status}}'), 'healthy')
    await assert.rejects(notifier('sh', '-c', 'echo > /data/x'), /Read-only file system/)
    await assert.rejects(notifier('sh', '-c', 'echo > /app/x'), /Read-only file system/)
    await assert.rejects(notifier('ls', '/keys/devices.jsonl'), /No such file/)
    assert.doesNotMatch(await server.compose('logs', '--no-color', 'notifier'), /topic|hostname=/)
  })
})

function pathsOf(received: readonly Received[]): string[] {
  return received.map(({ url }) => url)
}
