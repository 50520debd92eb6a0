import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSecret } from '@ipupdater/protocol'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { serverTime } from '../fixtures/receiver.ts'
import { ipupdater } from '../fixtures/run-client.ts'
import { current, shown, testViewer } from '../fixtures/viewer.ts'

const both = current(shown('203.0.113.7'), shown('2001:db8::7'))
const HEADER = 'Written by ipupdater export. Do not edit.'

const formats: [string[], string][] = [
  [['hosts'], `# ${HEADER}\n203.0.113.7 home\n2001:db8::7 home\n`],
  [
    ['hosts', '--domain', 'example.org'],
    `# ${HEADER}\n203.0.113.7 home.example.org home\n2001:db8::7 home.example.org home\n`,
  ],
  [['ssh-config'], `# ${HEADER}\nHost home\n  HostName 203.0.113.7\n  HostKeyAlias home\n`],
  [['ssh-config', '--family', '6'], `# ${HEADER}\nHost home\n  HostName 2001:db8::7\n  HostKeyAlias home\n`],
  [['nginx'], `# ${HEADER}\nallow 203.0.113.7; # home\nallow 2001:db8::7; # home\n`],
  [
    ['nftables', '--family', '4', '--table', 'filter'],
    `# ${HEADER}\nadd table inet filter\nadd set inet filter home_ipv4 { type ipv4_addr; }\nflush set inet filter home_ipv4\nadd element inet filter home_ipv4 { 203.0.113.7 }\nadd set inet filter home_ipv6 { type ipv6_addr; }\nflush set inet filter home_ipv6\n`,
  ],
  [
    ['zone', '--domain', 'example.org', '--ttl', '60'],
    `; ${HEADER}\nhome.example.org. 60 IN A 203.0.113.7\nhome.example.org. 60 IN AAAA 2001:db8::7\n`,
  ],
  [['zone'], `; ${HEADER}\nhome 300 IN A 203.0.113.7\nhome 300 IN AAAA 2001:db8::7\n`],
]

for (const [args, expected] of formats) {
  test(`export ${args.join(' ')}`, async () => {
    await using viewer = await testViewer(both)
    const { code, stdout, stderr } = await ipupdater(['export', ...args, '--viewer', viewer.url])
    assert.deepEqual([code, stdout.join('\n'), stderr], [0, expected.trimEnd(), ''])
  })
}

test('export prometheus lists targets that file_sd_configs reads', async () => {
  await using viewer = await testViewer(both)
  const targets = async (...args: string[]) => {
    const { stdout } = await ipupdater(['export', 'prometheus', '--viewer', viewer.url, ...args])
    return JSON.parse(stdout.join('\n'))
  }
  assert.deepEqual(await targets('--port', '9100'), [
    { targets: ['203.0.113.7:9100'], labels: { device: 'home', family: 'IPv4', source: 'ipupdater export' } },
    {
      targets: ['[2001:db8::7]:9100'],
      labels: { device: 'home', family: 'IPv6', source: 'ipupdater export' },
    },
  ])
  assert.deepEqual((await targets())[1].targets, ['2001:db8::7'])
})

test('several devices are exported with their own secrets', async () => {
  const directory = temporaryDirectory()
  const secrets = { home: parseSecret('the secret of home!'), cabin: parseSecret('the secret of cabin') }
  for (const [device, secret] of Object.entries(secrets)) writeFileSync(join(directory, device), secret)
  await using viewer = await testViewer([
    current(shown('203.0.113.7', { secret: secrets.home })),
    current(shown('203.0.113.8', { device: 'cabin', secret: secrets.cabin })),
  ])
  const args = ['export', 'hosts', 'home', 'cabin', '--viewer', viewer.url]
  const { code, stdout } = await ipupdater([...args, '--secret-file', `${directory}/{device}`], {
    SECRET: '',
  })
  assert.deepEqual([code, stdout], [0, [`# ${HEADER}\n203.0.113.7 home\n203.0.113.8 cabin`]])
  assert.deepEqual(viewer.paths, ['/getip/home', '/getip/cabin'])
})

const refusals: [string, object, RegExp][] = [
  [
    'an altered address',
    { ...shown('203.0.113.7'), address: '203.0.113.8' },
    /the proof says 203\.0\.113\.7/,
  ],
  [
    'an altered proof',
    { ...shown('203.0.113.7'), proof: { ...shown('203.0.113.7').proof, body: '{}' } },
    /does not verify/,
  ],
  [
    'the proof of another device',
    { ...shown('203.0.113.7', { device: 'cabin' }), device: 'home' },
    /proof is of cabin/,
  ],
  ['the state of an hour ago', shown('203.0.113.7', { lastSeen: serverTime - 3_600_000 }), /too old/],
  [
    'an unsigned address',
    { ...shown('203.0.113.7'), signed: false, proof: null },
    /has not signed this address/,
  ],
]

for (const [what, entry, sentence] of refusals) {
  test(`export leaves the file alone if the viewer shows ${what}`, async () => {
    const directory = temporaryDirectory()
    const output = join(directory, 'hosts')
    const before = `# ${HEADER}\n203.0.113.1 home\n`
    writeFileSync(output, before)
    await using viewer = await testViewer(current(entry))
    const { code, stdout, stderr } = await ipupdater([
      'export',
      'hosts',
      '--viewer',
      viewer.url,
      '--output',
      output,
    ])
    assert.deepEqual([code, stdout, readFileSync(output, 'utf8')], [1, [], before])
    assert.match(stderr, sentence)
  })
}

test('--output writes at once, keeps the mode, and leaves an unchanged file alone', async () => {
  const directory = temporaryDirectory()
  const output = join(directory, 'hosts')
  await using viewer = await testViewer(both)
  const run = () => ipupdater(['export', 'hosts', '--viewer', viewer.url, '--output', output])
  assert.equal((await run()).code, 0)
  assert.equal(statSync(output).mode & 0o777, 0o644)
  const { ino } = statSync(output)
  assert.equal((await run()).code, 0)
  assert.equal(statSync(output).ino, ino)
  writeFileSync(output, `# ${HEADER}\n`)
  chmodSync(output, 0o600)
  assert.equal((await run()).code, 0)
  assert.equal(statSync(output).mode & 0o777, 0o600)
  assert.match(readFileSync(output, 'utf8'), /203\.0\.113\.7/)
  assert.deepEqual(readdirSync(directory), ['hosts'])
})

for (const format of ['hosts', 'prometheus', 'zone']) {
  test(`export ${format} replaces its own file and no other one, unless --force is given`, async () => {
    const directory = temporaryDirectory()
    await using viewer = await testViewer(both)
    const write = (output: string, ...more: string[]) =>
      ipupdater(['export', format, '--viewer', viewer.url, '--output', output, ...more])
    const own = join(directory, 'own')
    assert.equal((await write(own)).code, 0)
    assert.equal((await write(own, '--family', '4')).code, 0)
    const foreign = join(directory, 'foreign')
    for (const content of ['127.0.0.1 localhost\n', '', '[{"targets":["a"]}]']) {
      writeFileSync(foreign, content)
      const refused = await write(foreign)
      assert.deepEqual([refused.code, readFileSync(foreign, 'utf8')], [1, content])
      assert.match(refused.stderr, /was not written by `ipupdater export`.*--force/)
    }
    symlinkSync(own, join(directory, 'link'))
    assert.equal((await write(join(directory, 'link'))).code, 1)
    assert.equal((await write(foreign, '--force')).code, 0)
    assert.notEqual(readFileSync(foreign, 'utf8'), '')
  })
}

test('wrong use is refused before anything is read', async () => {
  const env = { VIEWER_URL: 'http://a.example' }
  for (const [args, sentence] of [
    [['bind'], /"bind" is not a format. Use: hosts, ssh-config/],
    [['hosts', 'My Home'], /"My Home" is not a device name/],
    [['zone', '--ttl', '-1'], /--ttl "-1"|ttl/],
    [['prometheus', '--port', '70000'], /--port "70000" is not a whole number from 1 to 65535/],
    [['hosts', '--domain', 'a b'], /--domain "a b" is not a domain/],
    [['nftables', '--table', 'a;b'], /--table "a;b" is not the name of a table/],
  ] as const) {
    const { code, stderr } = await ipupdater(['export', ...args], env)
    assert.equal(code, 2)
    assert.match(stderr, sentence)
  }
})

test('a directory that does not exist is named', async () => {
  await using viewer = await testViewer(both)
  const { code, stderr } = await ipupdater([
    'export',
    'hosts',
    '--viewer',
    viewer.url,
    '--output',
    '/no/such/file',
  ])
  assert.equal(code, 1)
  assert.match(stderr, /output file cannot be written \(\/no\/such\/file/)
})

test('with --json, export says what it has written', async () => {
  await using viewer = await testViewer(both)
  const { stdout } = await ipupdater(['export', 'hosts', '--json', '--viewer', viewer.url])
  const { outcome, format, output, addresses } = JSON.parse(stdout[0] ?? '')
  assert.deepEqual([outcome, format, output, addresses.length], ['done', 'hosts', null, 2])
})
