#!/usr/bin/env node
import { adoptEnvironment } from '@ipupdater/runtime'
import { runAdmin } from './program.ts'

// `ipupdater-admin`: how an operator manages the devices and the database of a server.
// No top-level await: the bundle is a script.
adoptEnvironment(process.env)
void runAdmin(process.argv, process).then(code => {
  process.exitCode = code
})
