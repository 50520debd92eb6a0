#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { adoptEnvironment, printable, readSettings } from '@ipupdater/runtime'
import { assertRightUser } from './assert-right-user.ts'
import type { AdminContext } from './context.ts'
import { runAdmin } from './program.ts'
import { adminSettings } from './settings.ts'

// `ipupdater-admin`: what the owner of a server does beside letting it run.
// No top-level await: the bundle is a script.
adoptEnvironment(process.env)
void runAdmin(process.argv, openContext).then(code => {
  process.exitCode = code
})

/** Only once a command runs: --help is there whatever the settings are. */
function openContext(): AdminContext {
  const settings = readSettings(process.env, adminSettings)
  assertRightUser([settings.dataDir, settings.keysDir])
  return {
    settings,
    now: Date.now,
    randomBytes,
    print: line => void process.stdout.write(`${printable(line)}\n`),
  }
}
