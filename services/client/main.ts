#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runProgram, worldOf } = await import('./program.ts')
process.exitCode = await runProgram(process.argv, worldOf(process))
