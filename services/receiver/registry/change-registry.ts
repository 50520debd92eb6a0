import type { DeviceName, Secret } from '@ipupdater/protocol'
import { RegistryError } from './registry-error.ts'
import { readRegistryFile, registryPath, writeRegistryFile } from './registry-file.ts'
import type { RegistryEntry, RegistrySecret } from './registry-line.ts'
import { lockRegistry } from './registry-lock.ts'

/** How long a command waits for another one, ms. A million lines are rewritten in a few seconds. */
export const lockWaitMs = 30_000

/** @throws RegistryError `known-device` */
export async function addDevice(dir: string, entry: RegistryEntry): Promise<void> {
  const { device } = entry
  await change(dir, async function* (slices) {
    for await (const entries of slices) {
      if (entries.some(known => known.device === device)) {
        throw new RegistryError('known-device', `${device} is already registered`)
      }
      yield entries
    }
    yield [entry]
  })
}

/**
 * Gives the device a second secret. Both are accepted until the rotation ends.
 *
 * @throws RegistryError `unknown-device`, `rotation-begun`
 */
export async function beginRotation(
  dir: string,
  device: DeviceName,
  secret: Secret,
  now: number,
): Promise<void> {
  await changeOne(dir, device, entry => {
    if (entry.secrets.length > 1)
      throw new RegistryError('rotation-begun', `${device} already has two secrets`)
    return { ...entry, secrets: [{ secret, added: laterThan(entry, now) }, ...entry.secrets] }
  })
}

/** Gives the device another secret, and accepts no other from now on. @throws RegistryError `unknown-device` */
export async function replaceSecrets(
  dir: string,
  device: DeviceName,
  secret: Secret,
  now: number,
): Promise<void> {
  await changeOne(dir, device, entry => ({
    ...entry,
    secrets: [{ secret, added: laterThan(entry, now) }],
  }))
}

/** Removes one of two secrets: the older one to finish the rotation, the newer one to cancel it. @throws RegistryError `unknown-device`, `no-rotation` */
export async function dropSecret(dir: string, device: DeviceName, which: 'older' | 'newer'): Promise<void> {
  await changeOne(dir, device, entry => {
    const [newer, older] = entry.secrets
    if (!newer || !older) throw new RegistryError('no-rotation', `${device} has one secret only`)
    return { ...entry, secrets: [which === 'older' ? newer : older] }
  })
}

/** @throws RegistryError `unknown-device` */
export async function removeDevice(dir: string, device: DeviceName): Promise<void> {
  await changeOne(dir, device, () => null)
}

/**
 * Removes the older secrets of devices that have used their newest one, in one rewrite. Devices that have changed
 * meanwhile stay as they are. Does not wait for the lock: the receiver tries again.
 *
 * @throws RegistryError
 */
export async function dropOlderSecrets(
  dir: string,
  used: ReadonlyMap<DeviceName, RegistrySecret>,
): Promise<void> {
  const drop = (entry: RegistryEntry): RegistryEntry => {
    const [newest] = entry.secrets
    return newest && used.get(entry.device)?.added === newest.added ? { ...entry, secrets: [newest] } : entry
  }
  await change(
    dir,
    async function* (slices) {
      for await (const entries of slices) yield entries.map(drop)
    },
    0,
  )
}

/** Null: the device is not registered. @throws RegistryError */
export async function findDevice(dir: string, device: DeviceName): Promise<RegistryEntry | null> {
  for await (const entry of listDevices(dir)) if (entry.device === device) return entry
  return null
}

/** Every registered device, in the order of the file. @throws RegistryError */
export async function* listDevices(dir: string): AsyncGenerator<RegistryEntry> {
  for await (const entries of entriesIn(dir)) yield* entries
}

/** A clock that was set back must not make the new secret the older one, nor give two secrets the same id. */
function laterThan({ secrets: [newest] }: RegistryEntry, now: number): number {
  return Math.max(now, (newest?.added ?? 0) + 1)
}

type Slices = AsyncIterable<RegistryEntry[]>

async function changeOne(
  dir: string,
  device: DeviceName,
  replace: (entry: RegistryEntry) => RegistryEntry | null,
): Promise<void> {
  await change(dir, async function* (slices) {
    let isFound = false
    for await (const entries of slices) {
      yield entries.flatMap(entry => {
        if (entry.device !== device) return [entry]
        isFound = true
        return replace(entry) ?? []
      })
    }
    if (!isFound) throw new RegistryError('unknown-device', `${device} is not registered`)
  })
}

async function change(dir: string, edit: (slices: Slices) => Slices, waitMs = lockWaitMs): Promise<void> {
  using _lock = lockRegistry(dir, waitMs)
  await writeRegistryFile(registryPath(dir), edit(entriesIn(dir)))
}

async function* entriesIn(dir: string): AsyncGenerator<RegistryEntry[]> {
  try {
    yield* readRegistryFile(registryPath(dir))
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'missing') return // no device was added yet
    throw error
  }
}
