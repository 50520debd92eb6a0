import { spawn } from 'node:child_process'
import type { Environment } from '@ipupdater/runtime'
import type { Change } from './watch.ts'

/**
 * Runs the command without a shell, with the change in its environment and without our secrets. Resolves to null if
 * it succeeds, otherwise to the reason. When `stop` aborts, it gets SIGTERM.
 */
export function runCommand(
  [command = '', ...args]: readonly string[],
  { device, family, address, previous }: Change,
  env: Environment,
  stop: AbortSignal,
): Promise<string | null> {
  const { SECRET: _secret, VIEWER_URL: _viewer, ...others } = env
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...others,
      IPUPDATER_DEVICE: device,
      IPUPDATER_FAMILY: String(family),
      IPUPDATER_ADDRESS: address,
      IPUPDATER_PREVIOUS: previous ?? '',
    },
  })
  const terminate = () => void child.kill('SIGTERM')
  stop.addEventListener('abort', terminate, { once: true })
  child.on('error', ({ message }) => resolve(message))
  child.on('close', (code, signal) => {
    stop.removeEventListener('abort', terminate)
    if (code === 0) resolve(null)
    else resolve(code === null ? `it was ended by ${signal}` : `exit code ${code}`)
  })
  return promise
}
