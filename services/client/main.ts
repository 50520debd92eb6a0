#!/usr/bin/env node
import { runProgram } from './program.ts'
import { worldOf } from './world.ts'

// No top-level await: the bundle is a script.
void runProgram(process.argv, worldOf(process)).then(code => {
  process.exitCode = code
})
