/**
 * `npm start`: receiver, viewer and one client on this machine's loopback, to try everything without Docker.
 * The database goes to ./data, the secret is made once and kept in ./keys/secret.
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { generateSecret } from '@ipupdater/protocol'

const root = join(import.meta.dirname, '..')
const env = process.env
const receiverUrl = `http://127.0.0.1:${env.RECEIVER_PORT || 8080}`
const viewerUrl = `http://127.0.0.1:${env.VIEWER_PORT || 8081}`
const dataDir = env.DATA_DIR || join(root, 'data')
const keysDir = env.KEYS_DIR || join(root, 'keys')
const device = env.DEVICE || 'home'
const children: ChildProcess[] = []
let stopping = false

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0))

const secretFile = keepSecret()
const shared = { HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: env.LOG_LEVEL || 'warn' }
run('receiver', {
  ...shared,
  PORT: new URL(receiverUrl).port,
  KEYS_DIR: keysDir,
  SECRET_FILE: secretFile,
  DEVICE: device,
  // A device on the same machine comes from 127.0.0.1.
  ALLOW_PRIVATE_ADDRESSES: 'true',
})
await answers(`${receiverUrl}/readyz`)
// After the receiver: it would wait for the database by itself, and say so.
run('viewer', { ...shared, PORT: new URL(viewerUrl).port })
run('client', { SERVER_URL: receiverUrl, VIEWER_URL: viewerUrl, SECRET_FILE: secretFile, DEVICE: device }, [
  'run',
])
await answers(`${viewerUrl}/getip/${device}`)

process.stdout.write(`
ipupdater runs on ${hostname()}, for this machine alone:

  the page       ${viewerUrl}/
  the address    curl ${viewerUrl}/getip/${device}
  the history    curl ${viewerUrl}/history
  the receiver   ${receiverUrl}

Ctrl-C stops it. The database is in ${dataDir}, the secret in ${secretFile}.
`)

function keepSecret(): string {
  const file = env.SECRET_FILE || join(keysDir, 'secret')
  if (!existsSync(file)) {
    mkdirSync(keysDir, { recursive: true, mode: 0o700 })
    writeFileSync(file, `${generateSecret(randomBytes)}\n`, { mode: 0o600, flag: 'wx' })
  }
  return file
}

/** Starts one program from the sources, with nothing of our environment but what it needs to run. */
function run(service: string, settings: Record<string, string>, args: string[] = []): void {
  const passed = ['PATH', 'TZ', 'SCHEDULE', 'LOG_FORMAT'].flatMap(name =>
    env[name] ? [[name, env[name]]] : [],
  )
  const child = spawn(process.execPath, [join(root, 'services', service, 'main.ts'), ...args], {
    cwd: root,
    env: { ...Object.fromEntries(passed), ...settings },
    stdio: 'inherit',
    // A group of its own: Ctrl-C reaches us alone, and each program is asked to stop once, by us.
    detached: true,
  })
  children.push(child)
  child.once('exit', code => {
    // Its own advice names its own variables, and of those only these come through from here.
    if (code === 2 && !stopping) {
      process.stderr.write('`npm start` takes the ports from RECEIVER_PORT and VIEWER_PORT.\n')
    }
    void stop(code ?? 1)
  })
}

/** Waits until the URL answers 200; a program that ends meanwhile ends us through its 'exit'. */
async function answers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  const running = children.filter(child => child.exitCode === null && child.signalCode === null)
  for (const child of running) child.kill('SIGTERM')
  await Promise.all(running.map(child => once(child, 'exit')))
  process.exit(code)
}
