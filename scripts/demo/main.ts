/**
 * `npm run demo [-- --seed N]`: the viewer on a year of history that four devices could have left. It is written
 * through the store as real reports are, into a temporary directory that is removed at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseDeviceName } from '@ipupdater/protocol'
import { adoptEnvironment, readSettings } from '@ipupdater/runtime'
import { openStore, sqliteFile } from '@ipupdater/storage'
import { assertFreePorts } from '../free-port.ts'
import { runPrograms } from '../programs.ts'
import { exitWithSentence } from '../sentence.ts'
import { startSettings } from '../start-settings.ts'
import { story } from './story.ts'
import { demoSecret, writeStory } from './write-story.ts'

adoptEnvironment(process.env)
process.exitCode = await main().catch(exitWithSentence)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } })
  const seed = Number.parseInt(values.seed, 10) || 1
  const { viewerPort } = readSettings(process.env, startSettings)
  await assertFreePorts({ VIEWER_PORT: viewerPort }, 'npm run demo')

  using directory = temporaryDirectory()
  const reports = story(seed, Date.now())
  const began = performance.now()
  await using store = await openStore({ sqlite: sqliteFile(directory.path) })
  await writeStory(store, reports)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)

  const viewer = `http://127.0.0.1:${viewerPort}`
  await using programs = runPrograms(process.env)
  programs.start('viewer', {
    HOST: '127.0.0.1',
    PORT: String(viewerPort),
    DATA_DIR: directory.path,
    LOG_LEVEL: 'warn',
  })
  await programs.answers(`${viewer}/getip`)
  process.stdout.write(`
A year of four invented devices, ${reports.length} signed reports written in ${seconds} s. Ctrl-C ends it.

  seed       ${seed}, for another year: npm run demo -- --seed ${seed + 1}
  home       IPv4 and IPv6
  cabin      late by a few hours
  boat       silent for weeks
  office     contested: two senders in turn

Check a signature:   VIEWER_URL=${viewer} SECRET=${demoSecret(parseDeviceName('home'))} npm run -s client -- get home
See the history:     curl ${viewer}/history/boat
See the page:        ${viewer}/
`)
  return await programs.ended
}

function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'ipupdater-demo-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
