import type { DeviceName } from '@ipupdater/protocol'
import { timeText } from '@ipupdater/runtime'
import type { TimeReset } from '@ipupdater/storage'
import { listDevices, replaceSecrets } from '../../registry/change-registry.ts'
import { RegistryError } from '../../registry/registry-error.ts'
import type { DeviceKind } from '../../registry/registry-line.ts'
import { deviceArgument } from '../arguments.ts'
import type { AdminContext, Answer } from '../context.ts'
import { assertDirectory } from '../directories.ts'
import { counted } from '../words.ts'
import { homeData, homeInstructions, newSecret } from './new-secret.ts'
import { withStore } from './with-store.ts'

/**
 * `device reset NAME`: after the server's clock was ahead, lets a device report again. Messages that it signed then
 * would be accepted once the clock gets there, so it needs a new secret.
 */
export async function deviceReset(
  context: AdminContext,
  name: string,
  options: { secretFile?: string },
): Promise<Answer> {
  const { settings, now } = context
  const device = deviceArgument(name)
  const isOfEnvironment = settings.secret !== null && settings.device === device
  if (!isOfEnvironment) assertDirectory('KEYS_DIR', settings.keysDir)
  const kind = isOfEnvironment ? null : await kindOf(settings.keysDir, device)
  const secret = kind === 'signed' ? newSecret(context, options.secretFile) : null
  const reset = await withStore(settings, async store => {
    // First the secret: nothing that the old one has signed may count again.
    if (secret) await replaceSecrets(settings.keysDir, device, secret.secret, now())
    return store.resetTimes(device, now())
  })
  return {
    data: { ...(secret ? homeData(context, device, secret) : { device, secret: null }), reset },
    lines: [
      ...resetLines(device, reset, now()),
      ...(secret
        ? [
            `Device ${device} has a new secret. The old one is no longer accepted.`,
            ...homeInstructions(context, device, secret, { replaces: true }),
          ]
        : []),
      ...(isOfEnvironment
        ? [`Set a new SECRET in the receiver's environment and on ${device}, and restart both.`]
        : []),
    ],
  }
}

/** @throws RegistryError `unknown-device` */
async function kindOf(keysDir: string, device: DeviceName): Promise<DeviceKind> {
  for await (const entry of listDevices(keysDir)) if (entry.device === device) return entry.kind
  throw new RegistryError('unknown-device', `${device} is not registered`)
}

function resetLines(device: DeviceName, reset: TimeReset | null, now: number): string[] {
  if (reset === null) return [`${device} has never reported: there are no times to reset.`]
  if (reset.addresses.length === 0 && reset.removed === 0) {
    return [`No recorded time of ${device} is in the future: its history is unchanged.`]
  }
  const addresses = reset.addresses.map(
    ({ address, lastSeen }) =>
      `${address} was recorded as last seen at ${timeText(lastSeen)}, which is in the future. It is now last seen at ${timeText(now)}.`,
  )
  const removed = `${counted(reset.removed, 'entry', 'entries')} of the history began in the future and was removed.`
  return [...addresses, ...(reset.removed > 0 ? [removed] : [])]
}
