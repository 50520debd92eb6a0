#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { enableCompileCache } from 'node:module'
import type { ExitCode, World } from './world.ts'

enableCompileCache()
const { runProgram } = await import('./program.ts')

const world: World = {
  env: process.env,
  program: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
  now: Date.now,
  random: Math.random,
  randomBytes,
  print: line => void process.stdout.write(`${line}\n`),
  tell: line => void process.stderr.write(`${line}\n`),
}
// `ipupdater history | head` is no error.
process.stdout.on('error', error => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1))
process.exitCode = (await runProgram(process.argv, world)) satisfies ExitCode
