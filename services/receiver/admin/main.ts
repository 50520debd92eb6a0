#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { adoptEnvironment, readSettings } from '@ipupdater/runtime'
import type { AdminContext } from './context.ts'
import { assertReceiverContainer, assertRightUser } from './directories.ts'
import { runAdmin } from './program.ts'
import { showProgress } from './progress.ts'
import { adminSettings } from './settings.ts'

// `ipupdater-admin`: how an operator manages the devices and the database of a server.
// No top-level await: the bundle is a script.
adoptEnvironment(process.env)
void runAdmin(process.argv, openContext).then(code => {
  process.exitCode = code
})

/** Called by a command that runs: --help works whatever the settings are. */
function openContext(): AdminContext {
  const settings = readSettings(process.env, adminSettings)
  // Set by our image, as by many others (systemd.io/CONTAINER_INTERFACE).
  const isContainer = Boolean(process.env.container)
  const usesDataDir = settings.databaseUrl === null
  if (usesDataDir) assertReceiverContainer(settings.dataDir, isContainer)
  assertRightUser([...(usesDataDir ? [settings.dataDir] : []), settings.keysDir], isContainer)
  return { settings, isContainer, now: Date.now, randomBytes, progress: showProgress(process.stderr) }
}
