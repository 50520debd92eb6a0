import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startHttpServer } from '../services/notifier/fixtures/http-server.ts'
import { temporaryDirectory } from './fixtures/temporary-directory.ts'

// Runs the scripts of docs/recipes.md with the variables that `watch` sets.

const run = promisify(execFile)
const page = readFileSync(join(import.meta.dirname, '../docs/recipes.md'), 'utf8')

/** Writes the script whose usage begins with `name` into a directory. @returns its path */
function scriptOf(name: string, directory: string): string {
  const blocks = [...page.matchAll(/```sh\n(#!\/bin\/sh\n[\s\S]*?)```/g)].map(([, block = '']) => block)
  const script = blocks.find(block => block.includes(`: ${name} `)) ?? assert.fail(`no script ${name}`)
  const path = join(directory, name)
  writeFileSync(path, script, { mode: 0o755 })
  return path
}

const addresses = [
  { family: '4', address: '203.0.113.7', endpoint: '203.0.113.7:51820', type: 'A' },
  { family: '6', address: '2001:db8::7', endpoint: '[2001:db8::7]:51820', type: 'AAAA' },
] as const

for (const { family, address, endpoint, type } of addresses) {
  const given = { IPUPDATER_DEVICE: 'home', IPUPDATER_FAMILY: family, IPUPDATER_ADDRESS: address }

  test(`wg-endpoint sets an IPv${family} endpoint`, async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'wg'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 })
    const { stdout } = await run(scriptOf('wg-endpoint', directory), ['wg0', 'PUBLIC-KEY', '51820'], {
      env: { PATH: `${directory}:${process.env.PATH}`, ...given },
    })
    assert.equal(stdout, `set\nwg0\npeer\nPUBLIC-KEY\nendpoint\n${endpoint}\n`)
  })

  test(`update-dns writes a record of type ${type}, with the token from its file`, async () => {
    await using provider = await startHttpServer()
    const directory = temporaryDirectory()
    const header = join(directory, 'header')
    writeFileSync(header, 'Authorization: Bearer made-up-token\n', { mode: 0o600 })
    const args = [`${provider.url}/records`, header]
    await run(scriptOf('update-dns', directory), args, { env: { PATH: process.env.PATH, ...given } })
    const [received] = provider.received
    assert.deepEqual(
      [received?.method, received?.url, JSON.parse(received?.body ?? '')],
      ['PUT', `/records/home/${type}`, { content: address, ttl: 60 }],
    )
    assert.equal(received?.headers.authorization, 'Bearer made-up-token')
  })
}
