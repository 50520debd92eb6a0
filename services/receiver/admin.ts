#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { readSettings } from '@ipupdater/runtime'
import { CommanderError } from 'commander'
import { exitCodes } from './admin/admin-error.ts'
import { assertRightUser } from './admin/assert-right-user.ts'
import { adminProgram } from './admin/program.ts'
import { adminSettings } from './admin/settings.ts'
import type { World } from './admin/world.ts'

// `ipupdater-admin`: what the owner of a server does beside letting it run.
process.exitCode = await run(process.argv)

async function run(argv: readonly string[]): Promise<number> {
  try {
    await adminProgram(openWorld).parseAsync(argv)
    return exitCodes.done
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused
    const { explainError } = await import('./admin/explain-error.ts')
    const known = explainError(error)
    if (known === null) throw error
    process.stderr.write(`${known.message}\n${known.advice === null ? '' : `What to do: ${known.advice}\n`}`)
    return exitCodes[known.code]
  }
}

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
