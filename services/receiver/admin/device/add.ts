import { ensureVolumes } from '@ipupdater/runtime'
import { addDevice } from '../../registry/change-registry.ts'
import { signedEntry } from '../../registry/registry-line.ts'
import { assertNotOfEnvironment, deviceArgument } from '../arguments.ts'
import type { AdminContext, Answer } from '../context.ts'
import { homeData, homeInstructions, newSecret } from './new-secret.ts'

/** `device add NAME`: registers a device. The receiver knows it within a second. */
export async function deviceAdd(
  context: AdminContext,
  name: string,
  options: { secretFile?: string },
): Promise<Answer> {
  const { settings, now } = context
  const device = deviceArgument(name)
  assertNotOfEnvironment(device, context)
  const secret = newSecret(context, options.secretFile)
  ensureVolumes([{ dir: settings.keysDir, variable: 'KEYS_DIR', mode: 0o700 }])
  await addDevice(settings.keysDir, signedEntry(device, secret.secret, now()))
  return {
    data: homeData(context, device, secret),
    lines: [
      `Device ${device} is registered.`,
      ...homeInstructions(context, device, secret, { replaces: false }),
    ],
  }
}
