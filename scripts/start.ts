/**
 * `npm start`: receiver, viewer and one client on 127.0.0.1, to try everything without Docker. The database goes to
 * ./data; the secret is made once and kept in ./keys/secret.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { generateSecret } from '@ipupdater/protocol'
import { adoptEnvironment, readSettings } from '@ipupdater/runtime'
import { assertFreePorts } from './free-port.ts'
import { runPrograms } from './programs.ts'
import { exitWithSentence } from './sentence.ts'
import { startSettings } from './start-settings.ts'

adoptEnvironment(process.env)
process.exitCode = await main().catch(exitWithSentence)

async function main(): Promise<number> {
  const { receiverPort, viewerPort, device, logLevel, ...paths } = readSettings(process.env, startSettings)
  await assertFreePorts({ RECEIVER_PORT: receiverPort, VIEWER_PORT: viewerPort }, 'npm start')
  const dataDir = resolve(paths.dataDir)
  const keysDir = resolve(paths.keysDir)
  const isElsewhere =
    paths.dataDir !== startSettings.dataDir.default || paths.keysDir !== startSettings.keysDir.default
  const secretFile = paths.secretFile ?? join(keysDir, 'secret')
  keepSecret(secretFile)
  register(device, { secretFile, dataDir, keysDir })

  const receiver = `http://127.0.0.1:${receiverPort}`
  const viewer = `http://127.0.0.1:${viewerPort}`
  const shared = { LOG_LEVEL: logLevel, DEVICE: device }
  const server = { LOG_LEVEL: logLevel, HOST: '127.0.0.1', DATA_DIR: dataDir }
  await using programs = runPrograms(process.env)
  try {
    programs.start('receiver', {
      ...shared,
      ...server,
      PORT: String(receiverPort),
      KEYS_DIR: keysDir,
      // A device on the same machine reports 127.0.0.1.
      ALLOW_PRIVATE_ADDRESSES: 'true',
    })
    await programs.answers(`${receiver}/readyz`)
    programs.start('viewer', { ...server, PORT: String(viewerPort) })
    programs.start(
      'client',
      { ...shared, SERVER_URL: receiver, VIEWER_URL: viewer, SECRET_FILE: secretFile },
      ['run'],
    )
    await programs.answers(`${viewer}/getip/${device}`)
  } catch {
    return await programs.ended
  }
  process.stdout.write(`
ipupdater runs on this machine, and only for this machine. Ctrl-C stops it.

  page         ${viewer}/
  receiver     ${receiver}
  device       ${device}, which has just reported its address
  database     ${dataDir}
  secret       ${secretFile}

Add a device:       npm run admin -- device add cabin${isElsewhere ? '   (with the same DATA_DIR and KEYS_DIR)' : ''}
See the history:    curl ${viewer}/history
See the address:    curl ${viewer}/getip/${device}
`)
  return await programs.ended
}

/** A secret that exists is used again. */
function keepSecret(file: string): void {
  if (existsSync(file)) return
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, `${generateSecret(randomBytes)}\n`, { mode: 0o600, flag: 'wx' })
}

/** In the registry, as an operator does it, so that `npm run admin` knows the device. One that is there stays. */
function register(device: string, o: { secretFile: string; dataDir: string; keysDir: string }): void {
  const admin = join(import.meta.dirname, '../services/receiver/admin/main.ts')
  spawnSync(process.execPath, [admin, 'device', 'add', device, '--secret-file', o.secretFile], {
    env: { PATH: process.env.PATH, DATA_DIR: o.dataDir, KEYS_DIR: o.keysDir },
    stdio: 'ignore',
  })
}
