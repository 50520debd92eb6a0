import type { DeviceName } from '@ipupdater/protocol'
import { digestOf } from '../../dyndns2/credentials.ts'
import { beginRotation, dropSecret, findDevice } from '../../registry/change-registry.ts'
import { AdminError } from '../admin-error.ts'
import { assertNotOfEnvironment, deviceArgument } from '../arguments.ts'
import type { AdminContext, Answer } from '../context.ts'
import { assertDirectory } from '../directories.ts'
import { assertNoSecretFile, newPassword, routerData, routerInstructions } from './new-password.ts'
import { homeData, homeInstructions, newSecret } from './new-secret.ts'

export interface RotateOptions {
  readonly secretFile?: string
  readonly finish?: boolean
  readonly cancel?: boolean
}

/** `device rotate NAME`: a second secret next to the first, so that the device can change to it without a gap. */
export async function deviceRotate(
  context: AdminContext,
  name: string,
  { finish, cancel, secretFile }: RotateOptions,
): Promise<Answer> {
  const device = deviceArgument(name)
  assertNotOfEnvironment(device, context)
  if (finish && cancel) {
    throw new AdminError('misused', '--finish and --cancel exclude each other.', 'choose one of them.')
  }
  assertDirectory('KEYS_DIR', context.settings.keysDir)
  if (!finish && !cancel) return begin(context, device, secretFile)

  await dropSecret(context.settings.keysDir, device, finish ? 'older' : 'newer')
  const line = finish
    ? `The old secret of ${device} is no longer accepted. The new one is.`
    : `The new secret of ${device} is removed. The old one is accepted as before.`
  return { data: { device }, lines: [line] }
}

async function begin(
  context: AdminContext,
  device: DeviceName,
  secretFile: string | undefined,
): Promise<Answer> {
  const registered = await findDevice(context.settings.keysDir, device)
  if (registered?.kind === 'password') return beginForRouter(context, device, secretFile)
  const secret = newSecret(context, secretFile)
  await beginRotation(context.settings.keysDir, device, secret.secret, context.now())
  return {
    data: homeData(context, device, secret),
    lines: [
      `Device ${device} has a second secret. The first is still accepted.`,
      ...homeInstructions(context, device, secret, { replaces: true }),
      ...whatNext(device, 'secret'),
    ],
  }
}

async function beginForRouter(
  context: AdminContext,
  device: DeviceName,
  secretFile: string | undefined,
): Promise<Answer> {
  assertNoSecretFile(secretFile)
  const { settings, now, randomBytes } = context
  const password = newPassword(randomBytes)
  await beginRotation(settings.keysDir, device, digestOf(password), now())
  return {
    data: routerData(context, device, password),
    lines: [
      `Device ${device} has a second password. The first is still accepted.`,
      ...routerInstructions(context, device, password),
      ...whatNext(device, 'password'),
    ],
  }
}

function whatNext(device: DeviceName, what: 'secret' | 'password'): string[] {
  return [
    `The old ${what} ends by itself when ${device} first reports with the new one.`,
    `To end it now, for example after a theft: ipupdater-admin device rotate ${device} --finish`,
    `To keep the old one instead: ipupdater-admin device rotate ${device} --cancel`,
  ]
}
