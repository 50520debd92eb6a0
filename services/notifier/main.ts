#!/usr/bin/env node
import { adoptEnvironment } from '@ipupdater/runtime'
import { contextOf } from './context.ts'
import { runProgram } from './program.ts'

adoptEnvironment(process.env)
// No top-level await: the bundle is a script, not a module.
void runProgram(process.argv, contextOf(process)).then(code => {
  process.exitCode = code
})
