import type { DeviceName } from '@ipupdater/protocol'
import { ensureVolumes } from '@ipupdater/runtime'
import { digestOf } from '../../dyndns2/credentials.ts'
import { addDevice } from '../../registry/change-registry.ts'
import { signedEntry } from '../../registry/registry-line.ts'
import { AdminError } from '../admin-error.ts'
import { assertNotOfEnvironment, deviceArgument, intervalArgument } from '../arguments.ts'
import type { AdminContext, Answer } from '../context.ts'
import { assertNoSecretFile, newPassword, routerData, routerInstructions } from './new-password.ts'
import { homeData, homeInstructions, newSecret } from './new-secret.ts'

export interface AddOptions {
  readonly secretFile?: string
  readonly dyndns2?: boolean
  readonly interval?: string
}

/** `device add NAME`: registers a device. The receiver knows it within a second. */
export async function deviceAdd(context: AdminContext, name: string, options: AddOptions): Promise<Answer> {
  const { settings, now } = context
  const device = deviceArgument(name)
  assertNotOfEnvironment(device, context)
  if (options.dyndns2) return addRouter(context, device, options)
  if (options.interval !== undefined) {
    throw new AdminError(
      'misused',
      '--interval is for --dyndns2 only.',
      'leave it out: a client reports its own interval.',
    )
  }
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

async function addRouter(
  context: AdminContext,
  device: DeviceName,
  { secretFile, interval }: AddOptions,
): Promise<Answer> {
  const { settings, now, randomBytes } = context
  assertNoSecretFile(secretFile)
  const seconds = interval === undefined ? null : intervalArgument(interval)
  const password = newPassword(randomBytes)
  ensureVolumes([{ dir: settings.keysDir, variable: 'KEYS_DIR', mode: 0o700 }])
  const secrets = [{ secret: digestOf(password), added: now() }]
  await addDevice(settings.keysDir, { device, kind: 'password', interval: seconds, secrets })
  return {
    data: routerData(context, device, password),
    lines: [
      `Device ${device} is registered. It reports by password.`,
      ...routerInstructions(context, device, password),
    ],
  }
}
