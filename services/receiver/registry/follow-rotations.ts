import type { DeviceName } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import type { Reader } from '@ipupdater/storage'
import { StorageError } from '@ipupdater/storage'
import { repeat } from '../repeat.ts'
import type { Registry } from './open-registry.ts'

export interface FollowRotationsOptions {
  readonly registry: Pick<Registry, 'rotating' | 'secretsOf' | 'passwordDevice' | 'endRotation'>
  readonly reader: Pick<Reader, 'devicesNamed'>
  readonly log: Log
  readonly everyMs?: number
}

/**
 * Ends the rotations that have ended at another receiver: the database says which secret a device used last. Resolves
 * after the first look, so that a receiver which starts accepts no old secret. Disposing ends it.
 */
export async function followRotations(options: FollowRotationsOptions): Promise<AsyncDisposable> {
  const { everyMs = 1_000 } = options
  const looks = repeat(() => endRotations(options), everyMs)
  await looks.first
  return looks
}

async function endRotations({ registry, reader, log }: FollowRotationsOptions): Promise<void> {
  const devices = [...registry.rotating]
  if (devices.length === 0) return
  try {
    for (const { device, secretAdded } of await reader.devicesNamed(devices)) {
      const newest = newestSecretAdded(registry, device)
      if (newest !== null && secretAdded >= newest) registry.endRotation(device)
    }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    // A report needs the database as well, and says what is wrong with it.
    log.debug('rotations cannot be followed', { error: error.message })
  }
}

function newestSecretAdded(registry: FollowRotationsOptions['registry'], device: DeviceName): number | null {
  const secrets = registry.passwordDevice(device)?.secrets ?? registry.secretsOf(device)
  return secrets[0]?.added ?? null
}
