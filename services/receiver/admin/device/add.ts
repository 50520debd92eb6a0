import { ensureVolumes } from '@ipupdater/runtime'
import { addDevice } from '../../registry/change-registry.ts'
import { signedEntry } from '../../registry/registry-line.ts'
import { assertNotOfEnvironment, deviceArgument } from '../arguments.ts'
import type { AdminContext } from '../context.ts'
import { newSecret, printForHome } from './new-secret.ts'

/** `device add NAME`: registers a device; the receiver knows it within a second. */
export async function deviceAdd(
  context: AdminContext,
  name: string,
  options: { secretFile?: string },
): Promise<void> {
  const { settings, print, now } = context
  const device = deviceArgument(name)
  assertNotOfEnvironment(device, settings)
  const secret = newSecret(context, options.secretFile)
  ensureVolumes([{ dir: settings.keysDir, variable: 'KEYS_DIR', mode: 0o700 }])
  await addDevice(settings.keysDir, signedEntry(device, secret.secret, now()))

  print(`Device ${device} is registered.`)
  printForHome(context, device, secret, { replaces: false })
}
