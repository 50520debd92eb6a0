import { StartError } from '@ipupdater/runtime'
import { StorageError } from '@ipupdater/storage'
import type { RegistryErrorCode } from '../registry/registry-error.ts'
import { RegistryError } from '../registry/registry-error.ts'
import { AdminError } from './admin-error.ts'

/** An expected error of any package as sentences and exit code; null for a bug. */
export function explainError(error: unknown): AdminError | null {
  if (error instanceof AdminError) return error
  const options = { cause: error }
  if (error instanceof StartError) return new AdminError('misused', error.message, error.cure, options)
  if (error instanceof RegistryError) {
    const code = error.code === 'locked' ? 'later' : 'refused'
    return new AdminError(code, `${error.message}.`, registryAdvice[error.code], options)
  }
  if (error instanceof StorageError) {
    return new AdminError(
      error.code === 'busy' ? 'later' : 'refused',
      `${error.fault}.`,
      error.advice,
      options,
    )
  }
  return null
}

const registryAdvice: Readonly<Record<RegistryErrorCode, string>> = {
  missing: 'add a device: ipupdater-admin device add NAME',
  unreadable: 'run "ipupdater-admin doctor". It says who owns the file and how to change that.',
  unwritable: 'run "ipupdater-admin doctor". It says who owns the volume and how to change that.',
  damaged: 'correct that line in an editor. Nothing was changed.',
  locked: 'wait for the other command, then try again. Nothing was changed.',
  'known-device':
    'for a new secret: ipupdater-admin device rotate NAME. To see all devices: ipupdater-admin device list',
  'unknown-device': 'to see all devices: ipupdater-admin device list',
  'rotation-begun':
    'put the newer one on the device, or remove the older one now (device rotate NAME --finish), or the newer one (device rotate NAME --cancel).',
  'no-rotation':
    'there is nothing to finish or to cancel. To start a rotation: ipupdater-admin device rotate NAME',
}
