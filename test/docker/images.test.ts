import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { docker, root } from '../fixtures/shell.ts'
import type { Program } from './images.ts'
import { buildImage, imageOf, inImage, programs } from './images.ts'
import { requireEngine } from './tools.ts'

const base = 'node:24-bookworm-slim'
const mostOverBaseMb: Record<Program, number> = { server: 25, client: 6 }
/** All others are bundled, or used by the build. */
const loosePackages: Record<Program, readonly string[]> = {
  server: ['bindings', 'file-uri-to-path', 'sqlite3'],
  client: [],
}

before(async () => {
  await requireEngine()
  for (const program of programs) await buildImage(program)
})

for (const program of programs) {
  const image = imageOf(program)

  test(`the ${program}'s image adds at most ${mostOverBaseMb[program]} MB to its base`, async t => {
    const addedMb = ((await sizeOf(image)) - (await sizeOf(base))) / 1e6
    t.diagnostic(`${image}: ${addedMb.toFixed(1)} MB over ${base}`)
    assert.ok(addedMb <= mostOverBaseMb[program], `${addedMb} MB`)
  })

  test(`the ${program}'s image has no compiler, and only packages that cannot be bundled`, async () => {
    const compilers = await onPath(image, ['cc', 'gcc', 'g++', 'make', 'python3'])
    const manifests = await inImage(image, 'find /app -path "*/node_modules/*/package.json"')
    const packages = manifests.match(/(?<=\/node_modules\/)[^/]+(?=\/package\.json$)/gm) ?? []
    assert.deepEqual(compilers, [])
    assert.deepEqual(packages.sort(), loosePackages[program])
  })

  test(`the ${program}'s image runs as node, and has labels`, async () => {
    const [user, title, licence] = await Promise.all([
      inspect(image, '{{.Config.User}}'),
      inspect(image, '{{index .Config.Labels "org.opencontainers.image.title"}}'),
      inspect(image, '{{index .Config.Labels "org.opencontainers.image.licenses"}}'),
    ])
    assert.deepEqual([user, title, licence], ['node', image, 'MIT'])
    assert.equal(await inImage(image, 'id -u'), '1000')
  })

  test(`the ${program} cannot change any file of its image`, async () => {
    assert.equal(await inImage(image, 'find /app /usr/local/bin -writable ! -type l'), '')
  })

  test(`Dockerfile.${program} has no fixed platform and no remote syntax`, () => {
    const lines = readFileSync(join(root, `Dockerfile.${program}`), 'utf8')
    assert.doesNotMatch(lines, /amd64|arm64|x64|x86|--platform|^# *syntax=/im)
  })
}

test('the server image has its commands on the PATH', async () => {
  const commands = ['receiver', 'viewer', 'ipupdater-admin', 'ipupdater-notifier']
  assert.deepEqual(await onPath(imageOf('server'), commands), commands)
  assert.match(await docker('run', '--rm', imageOf('server'), 'ipupdater-admin', '--help'), /device/)
})

test('the client image takes its commands as arguments', async () => {
  assert.match(await docker('run', '--rm', imageOf('client'), '--help'), /update/)
})

test('volume directories belong to the program, and only it can read the secrets', async () => {
  const listed = await inImage(imageOf('server'), 'stat -c "%n %U %a" /data /keys /notifier')
  assert.equal(listed, '/data node 755\n/keys node 700\n/notifier node 700')
})

/** Which of the commands the image has. */
async function onPath(image: string, commands: readonly string[]): Promise<string[]> {
  const look = commands.map(command => `command -v ${command} >/dev/null && echo ${command}`)
  return (await inImage(image, `${look.join('; ')}; true`)).split('\n').filter(Boolean)
}

async function sizeOf(image: string): Promise<number> {
  return Number(await inspect(image, '{{.Size}}'))
}

async function inspect(image: string, template: string): Promise<string> {
  return (await docker('image', 'inspect', '--format', template, image)).trim()
}
