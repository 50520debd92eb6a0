import { removeDevice } from '../../registry/change-registry.ts'
import { assertNotOfEnvironment, deviceArgument } from '../arguments.ts'
import type { AdminContext, Answer } from '../context.ts'
import { assertDirectory } from '../directories.ts'

/** `device remove NAME`: the reports of the device are refused from now on. */
export async function deviceRemove(context: AdminContext, name: string): Promise<Answer> {
  const device = deviceArgument(name)
  assertNotOfEnvironment(device, context)
  assertDirectory('KEYS_DIR', context.settings.keysDir)
  await removeDevice(context.settings.keysDir, device)
  return {
    data: { device },
    lines: [
      `Device ${device} is removed: within a second its reports are refused.`,
      'Its history stays, and the viewer still shows its last address, with the age.',
      `To delete both, and to end messages that it is silent: ipupdater-admin device forget ${device}`,
    ],
  }
}
