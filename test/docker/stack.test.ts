import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { Service } from './server.ts'
import { startServer } from './server.ts'

const services: readonly Service[] = ['receiver', 'viewer']

test('the stack with only a secret set', async t => {
  const secret = randomBytes(32).toString('base64url')
  await using server = await startServer({ SECRET: secret })
  const inside = async (service: Service, command: string) =>
    (await server.compose('exec', '-T', service, 'sh', '-c', command)).trim()

  for (const service of services) {
    await t.test(`${service}: no root, no capabilities, no new privileges`, async () => {
      const status = await inside(service, 'cat /proc/self/status')
      const fact = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1]
      assert.equal(fact('Uid'), '1000')
      assert.equal(Number(`0x${fact('CapEff')}`), 0)
      assert.equal(Number(`0x${fact('CapBnd')}`), 0)
      assert.equal(fact('NoNewPrivs'), '1')
    })

    await t.test(`${service}: the root file system is read-only`, async () => {
      const written = await inside(
        service,
        'for d in / /app /home/node /usr/local/bin; do touch $d/x 2>&1; done; true',
      )
      assert.equal(written.match(/Read-only file system/g)?.length, 4, written)
    })

    await t.test(`${service}: the health check starts no second Node`, async () => {
      assert.equal(await server.inspect(service, '{{.State.Health.Status}}'), 'healthy')
      assert.match(await inside(service, 'is-ready'), /"status":"ready"/)
      assert.match(await inside(service, 'head -n 1 "$(command -v is-ready)"'), /bash/)
    })
  }

  await t.test('new volumes belong to the receiver', async () => {
    assert.equal(await inside('receiver', 'stat -c "%n %u %a" /data /keys'), '/data 1000 755\n/keys 1000 700')
  })

  await t.test('the viewer cannot write its volume', async () => {
    assert.match(await inside('viewer', 'touch /data/x 2>&1; true'), /Read-only file system/)
  })

  await t.test('the viewer has no secret in its environment or mounts', async () => {
    const whole = await server.inspect('viewer', '{{json .}}')
    const mounts = await server.inspect('viewer', '{{range .Mounts}}{{.Destination}} {{.RW}},{{end}}')
    assert.ok(!whole.includes(secret))
    assert.ok((await server.inspect('receiver', '{{json .}}')).includes(secret), 'not in the receiver')
    assert.doesNotMatch(await server.inspect('viewer', '{{json .Config.Env}}'), /SECRET/)
    assert.equal(mounts, '/data false,')
    assert.equal(await inside('viewer', 'ls -A /keys'), '')
  })

  await t.test('no secret is logged', async () => {
    assert.ok(!(await server.compose('logs', '--no-color')).includes(secret))
  })

  await t.test('the viewer is published only on loopback, the receiver on every address', async () => {
    const ports = '{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}} {{end}}{{end}}'
    assert.equal((await server.inspect('viewer', ports)).trim(), '127.0.0.1')
    assert.equal((await server.inspect('receiver', ports)).trim(), '0.0.0.0 ::')
  })

  await t.test('both stop cleanly within ten seconds', async () => {
    const begun = Date.now()
    await server.compose('stop')
    assert.ok(Date.now() - begun < 10_000)
    for (const service of services) {
      assert.equal(await server.inspect(service, '{{.State.ExitCode}}'), '0', service)
    }
  })
})
