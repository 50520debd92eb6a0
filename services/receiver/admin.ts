#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { readSettings } from '@ipupdater/runtime'
import { assertRightUser } from './admin/assert-right-user.ts'
import { runAdmin } from './admin/program.ts'
import { adminSettings } from './admin/settings.ts'
import type { World } from './admin/world.ts'

// `ipupdater-admin`: what the owner of a server does beside letting it run.
// No top-level await: the bundle is a script.
void runAdmin(process.argv, openWorld).then(code => {
  process.exitCode = code
})

/** Only once a command runs: --help is there whatever the settings are. */
function openWorld(): World {
  const settings = readSettings(process.env, adminSettings)
  assertRightUser([settings.dataDir, settings.keysDir])
  return {
    settings,
    now: Date.now,
    randomBytes,
    print: line => void process.stdout.write(`${line}\n`),
  }
}
