import { ensureVolume } from '@ipupdater/runtime'
import { addDevice } from '../registry/change-registry.ts'
import { assertNotOfEnvironment, deviceArgument } from './arguments.ts'
import { newSecret, printForHome } from './new-secret.ts'
import type { World } from './world.ts'

/** `device add NAME`: registers a device; the receiver knows it within a second. */
export async function deviceAdd(world: World, name: string, options: { secretFile?: string }): Promise<void> {
  const { settings, print, now } = world
  const device = deviceArgument(name)
  assertNotOfEnvironment(device, settings)
  const secret = newSecret(world, options.secretFile)
  ensureVolume(settings.keysDir, 'KEYS_DIR', 0o700)
  await addDevice(settings.keysDir, device, secret.secret, now())

  print(`Device ${device} is registered.`)
  printForHome(world, device, secret, { replaces: false })
}
