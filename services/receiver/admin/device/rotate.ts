import type { DeviceName } from '@ipupdater/protocol'
import { beginRotation, dropSecret } from '../../registry/change-registry.ts'
import { AdminError } from '../admin-error.ts'
import { assertNotOfEnvironment, deviceArgument } from '../arguments.ts'
import type { AdminContext } from '../context.ts'
import { newSecret, printForHome } from './new-secret.ts'

export interface RotateOptions {
  readonly secretFile?: string
  readonly finish?: boolean
  readonly cancel?: boolean
}

/** `device rotate NAME`: a second secret beside the first, so that the device can change over without a gap. */
export async function deviceRotate(
  context: AdminContext,
  name: string,
  options: RotateOptions,
): Promise<void> {
  const device = deviceArgument(name)
  assertNotOfEnvironment(device, context.settings)
  if (options.finish && options.cancel) {
    throw new AdminError('misused', '--finish and --cancel exclude each other.', 'choose one of them.')
  }
  if (options.finish) await finish(context, device)
  else if (options.cancel) await cancel(context, device)
  else await begin(context, device, options.secretFile)
}

async function begin(
  context: AdminContext,
  device: DeviceName,
  secretFile: string | undefined,
): Promise<void> {
  const { settings, print, now } = context
  const secret = newSecret(context, secretFile)
  await beginRotation(settings.keysDir, device, secret.secret, now())

  print(`Device ${device} has a second secret; the first still holds.`)
  printForHome(context, device, secret, { replaces: true })
  print(`The old secret ends by itself when ${device} first reports with the new one.`)
  print(`To end it now: ipupdater-admin device rotate ${device} --finish`)
  print(`To drop the new one instead: ipupdater-admin device rotate ${device} --cancel`)
}

async function finish({ settings, print }: AdminContext, device: DeviceName): Promise<void> {
  await dropSecret(settings.keysDir, device, 'older')
  print(`The old secret of ${device} is no longer accepted; the new one is.`)
}

async function cancel({ settings, print }: AdminContext, device: DeviceName): Promise<void> {
  await dropSecret(settings.keysDir, device, 'newer')
  print(`The new secret of ${device} is dropped; the old one holds as before.`)
}
