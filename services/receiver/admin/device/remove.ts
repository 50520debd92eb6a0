import { removeDevice } from '../../registry/change-registry.ts'
import { assertNotOfEnvironment, deviceArgument } from '../arguments.ts'
import type { AdminContext } from '../context.ts'

/** `device remove NAME`: its reports are refused from now on. */
export async function deviceRemove({ settings, print }: AdminContext, name: string): Promise<void> {
  const device = deviceArgument(name)
  assertNotOfEnvironment(device, settings)
  await removeDevice(settings.keysDir, device)

  print(`Device ${device} is removed: within a second its reports are refused.`)
  print('Its history stays, and the viewer goes on showing the address it had last, with its age.')
}
