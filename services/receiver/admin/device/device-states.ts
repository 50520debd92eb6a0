import type { DeviceName } from '@ipupdater/protocol'
import type { DeviceSummary } from '@ipupdater/storage'
import { isLate, locationOf, openReader, StorageError } from '@ipupdater/storage'
import { listDevices } from '../../registry/change-registry.ts'
import type { AdminSettings } from '../settings.ts'

/** What the registry and the database know about a device, without its secrets. */
export interface DeviceState {
  readonly device: DeviceName
  /** Where its secret is; `nowhere`: the device was removed, or the registry is lost. */
  readonly registered: 'registry' | 'environment' | 'nowhere'
  /** The ids of its secrets, newest first. */
  readonly secrets: readonly number[]
  /** null: never. */
  readonly lastSeen: number | null
  readonly isLate: boolean
  /** Its clock minus ours, at its last report. */
  readonly skewMs: number | null
  /** The id of the secret that signed its last report. */
  readonly signedWith: number | null
}

/** Every device that is registered or has ever reported, by name. @throws RegistryError, StorageError */
export async function deviceStates(settings: AdminSettings, now: number): Promise<DeviceState[]> {
  const states = new Map<DeviceName, DeviceState>()
  if (settings.secret !== null) states.set(settings.device, unheard(settings.device, 'environment', [0]))
  for await (const { device, secrets } of listDevices(settings.keysDir)) {
    states.set(
      device,
      unheard(
        device,
        'registry',
        secrets.map(({ added }) => added),
      ),
    )
  }
  for await (const summary of reportedDevices(settings)) {
    const { device, lastSeen, interval, skewMs, secretAdded } = summary
    states.set(device, {
      ...(states.get(device) ?? unheard(device, 'nowhere', [])),
      lastSeen,
      isLate: isLate(lastSeen, interval, now),
      skewMs,
      signedWith: secretAdded,
    })
  }
  return [...states.values()].sort((a, b) => (a.device < b.device ? -1 : 1))
}

function unheard(device: DeviceName, registered: DeviceState['registered'], secrets: number[]): DeviceState {
  return { device, registered, secrets, lastSeen: null, isLate: false, skewMs: null, signedWith: null }
}

async function* reportedDevices(settings: AdminSettings): AsyncGenerator<DeviceSummary> {
  await using reader = openReader(locationOf(settings))
  let after: DeviceName | null = null
  try {
    do {
      const page: Awaited<ReturnType<typeof reader.devices>> = await reader.devices({
        limit: 1_000,
        ...(after !== null && { after }),
      })
      yield* page.devices
      after = page.next
    } while (after !== null)
  } catch (error) {
    // Before the first start of the receiver, no device can have reported.
    if (!(error instanceof StorageError) || !['missing', 'not-ready'].includes(error.code)) throw error
  }
}
