import { listDevices } from '../../registry/change-registry.ts'
import { AdminError } from '../admin-error.ts'
import { deviceArgument } from '../arguments.ts'
import type { AdminContext, Answer } from '../context.ts'
import { assertDirectory } from '../directories.ts'
import { withStore } from './with-store.ts'

/** `device forget NAME`: deletes the history of a device that was removed. */
export async function deviceForget({ settings }: AdminContext, name: string): Promise<Answer> {
  const device = deviceArgument(name)
  if (settings.secret !== null && settings.device === device) {
    throw new AdminError(
      'refused',
      `${device} is the device of SECRET in the receiver's environment.`,
      'remove SECRET there and restart the receiver, then forget the device.',
    )
  }
  assertDirectory('KEYS_DIR', settings.keysDir)
  for await (const entry of listDevices(settings.keysDir)) {
    if (entry.device !== device) continue
    // Otherwise it would only begin a new history, and messages from before could count again.
    throw new AdminError(
      'refused',
      `${device} is registered.`,
      `remove it first: ipupdater-admin device remove ${device}`,
    )
  }
  const isForgotten = await withStore(settings, store => store.forget(device))
  if (!isForgotten) {
    throw new AdminError(
      'refused',
      `There is no device ${device}.`,
      'to see all devices: ipupdater-admin device list',
    )
  }
  return {
    data: { device },
    lines: [
      `The addresses and the history of ${device} are deleted. Backups and logs may still contain them, and for 30 days the messages of the notifier.`,
    ],
  }
}
