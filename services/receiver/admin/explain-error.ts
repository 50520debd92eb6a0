import { StartError } from '@ipupdater/runtime'
import { StorageError } from '@ipupdater/storage'
import type { RegistryErrorCode } from '../registry/registry-error.ts'
import { RegistryError } from '../registry/registry-error.ts'
import { AdminError } from './admin-error.ts'

/** The errors of the other rooms in words for the one at the keyboard; null for a fault in the program itself. */
export function explainError(error: unknown): AdminError | null {
  if (error instanceof AdminError) return error
  if (error instanceof StartError) return new AdminError('misused', error.message, error.cure)
  if (error instanceof RegistryError) return ofRegistry(error)
  // Messages of the storage room name the cure themselves.
  if (error instanceof StorageError) {
    return new AdminError(error.code === 'busy' ? 'later' : 'refused', `${error.message}.`, null)
  }
  return null
}

function ofRegistry(error: RegistryError): AdminError {
  return new AdminError(
    error.code === 'locked' ? 'later' : 'refused',
    `${error.message}.`,
    advice[error.code],
  )
}

const advice: Readonly<Record<RegistryErrorCode, string>> = {
  missing: 'add a device: ipupdater-admin device add NAME',
  unreadable: 'run "ipupdater-admin doctor"; it says whose the file is and how to change that.',
  unwritable: 'run "ipupdater-admin doctor"; it says whose the volume is and how to change that.',
  damaged: 'mend that line in an editor; nothing was changed.',
  locked: 'wait for the other command, then try again; nothing was changed.',
  'known-device':
    'for a new secret: ipupdater-admin device rotate NAME. To see all devices: ipupdater-admin device list',
  'unknown-device': 'to see all devices: ipupdater-admin device list',
  'rotation-begun':
    'put the newer one on the device, or drop the older one now (device rotate NAME --finish), or the newer one (device rotate NAME --cancel).',
  'no-rotation':
    'there is nothing to finish or to cancel; "ipupdater-admin device rotate NAME" begins a rotation.',
}
