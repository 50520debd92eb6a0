import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { DeviceName } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import { dropOlderSecrets } from './change-registry.ts'
import type { RegisteredDevice } from './device-table.ts'
import { closeToOthers } from './private-files.ts'
import type { SingleDevice } from './read-table.ts'
import { readTable, readTableAtStart } from './read-table.ts'
import { RegistryError } from './registry-error.ts'
import { registryPath } from './registry-file.ts'
import type { DeviceKind, RegistrySecret } from './registry-line.ts'

/** The registered devices and their secrets, as `ipupdater-admin` writes them to the file. */
export interface Registry extends AsyncDisposable {
  /** The secrets of a device that signs, newest first, one or two; none for any other name. */
  secretsOf(device: DeviceName): readonly RegistrySecret[]
  /** A device that reports by password; null for any other name. */
  passwordDevice(device: DeviceName): RegisteredDevice | null
  /** To be called when a device has signed with its newest secret: an older one is no longer accepted. */
  endRotation(device: DeviceName): void
  /** The devices with two secrets. */
  readonly rotating: ReadonlySet<DeviceName>
  readonly size: number
  /** Checks now whether the file has changed, which otherwise happens every `pollMs`. */
  refresh(): Promise<void>
}

export interface RegistryOptions {
  /** KEYS_DIR */
  dir: string
  /** The one device of SECRET and DEVICE, whose secret has the id 0. */
  single?: SingleDevice | null
  /** The directory is never written to: whoever opens it learns of ended rotations elsewhere. Default: false. */
  readOnly?: boolean
  log: Log
  pollMs?: number
}

/**
 * Reads the registry; a missing file counts as empty. If the file is damaged or cannot be read later, that is logged
 * once, and the devices read last stay in force.
 *
 * @throws StartError if the file is damaged, of another owner or open to others, or contradicts SECRET
 */
export async function openRegistry({
  dir,
  single = null,
  readOnly = false,
  log,
  // A client may start right after its device was added. If it were refused, it would wait for its next turn.
  pollMs = 200,
}: RegistryOptions): Promise<Registry> {
  const path = registryPath(dir)
  if (existsSync(dir)) closeToOthers(dir, log)
  let version = await versionOf(path)
  let table = await readTableAtStart(path, version, single)
  /** Rotations that have ended and are not yet written to the file. */
  const ended = new Map<DeviceName, RegistrySecret>()
  let complained = ''

  async function follow(): Promise<void> {
    const found = await versionOf(path)
    if (found === version) return
    version = found
    try {
      const newer = await readTable(path, single, table.size)
      table[Symbol.dispose]()
      table = newer
      for (const [device, newest] of ended) forgetOlder(device, newest)
      log.info('devices read again', { devices: table.size })
    } catch (error) {
      log.error('devices.jsonl cannot be used; the devices read before stay in force', {
        error: String(error),
      })
    }
  }

  async function writeEnded(): Promise<void> {
    if (ended.size === 0 || readOnly) return
    const writing = new Map(ended)
    try {
      await dropOlderSecrets(dir, writing)
      for (const device of writing.keys()) ended.delete(device)
      complained = ''
    } catch (error) {
      // Tried again at the next turn. In memory, the old secrets are gone already.
      if (!(error instanceof RegistryError)) throw error
      if (error.code !== 'locked' && complained !== error.message) {
        complained = error.message
        log.warn('an ended rotation cannot be written; after a restart the old secret is accepted again', {
          error: error.message,
        })
      }
    }
  }

  function ofKind(kind: DeviceKind, device: DeviceName): RegisteredDevice | null {
    const found = table.get(device)
    return found?.kind === kind ? found : null
  }

  /** Only if `used` is still the newest: another rotation may have begun since. */
  function forgetOlder(device: DeviceName, used: RegistrySecret): void {
    const entry = table.get(device)
    const [newest, older] = entry?.secrets ?? []
    if (entry && older && newest?.added === used.added) table.set({ device, ...entry, secrets: [newest] })
  }

  let running: Promise<void> | null = null
  const refresh = () => {
    running ??= follow()
      .then(writeEnded)
      .finally(() => {
        running = null
      })
    return running
  }
  // Polled: whether inotify works on a bind mount depends on the file system.
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => log.error('devices cannot be followed', { error }))
  }, pollMs)
  timer.unref()

  return {
    secretsOf: device => ofKind('signed', device)?.secrets ?? [],
    passwordDevice: device => ofKind('password', device),
    endRotation(device) {
      const [newest, older] = table.get(device)?.secrets ?? []
      if (!newest || !older) return
      forgetOlder(device, newest)
      ended.set(device, newest)
      log.info('rotation ended: the device has used its new secret', { device })
    },
    get rotating() {
      return table.rotating
    },
    get size() {
      return table.size
    },
    refresh,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
      await writeEnded()
    },
  }
}

/** Changes whenever the file is replaced or edited; an error code if it cannot be read. */
async function versionOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
