import type { DeviceName, Secret } from '@ipupdater/protocol'
import { StartError, unreadableFile } from '@ipupdater/runtime'
import { DeviceTable } from './device-table.ts'
import { RegistryError } from './registry-error.ts'
import { readRegistryFile } from './registry-file.ts'
import { signedEntry } from './registry-line.ts'

/** The device of SECRET and DEVICE. */
export interface SingleDevice {
  device: DeviceName
  secret: Secret
}

/** `version` is ENOENT if there is no file, which counts as empty. @throws StartError */
export async function readTableAtStart(
  path: string,
  version: string,
  single: SingleDevice | null,
): Promise<DeviceTable> {
  try {
    if (version === 'ENOENT') return overlaid(new DeviceTable(), single)
    return await readTable(path, single)
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error
    if (error.code === 'unreadable') throw unreadableFile(path, error.cause as NodeJS.ErrnoException)
    throw new StartError(
      'registry-damaged',
      `${error.message}.`,
      `correct that line in an editor, or move ${path} away and add the devices again: ipupdater-admin device add NAME`,
      { cause: error },
    )
  }
}

/** @throws RegistryError, and StartError if it contradicts SECRET */
export async function readTable(
  path: string,
  single: SingleDevice | null,
  expected = 0,
): Promise<DeviceTable> {
  const table = new DeviceTable(expected)
  for await (const entries of readRegistryFile(path)) {
    for (const entry of entries) {
      if (table.get(entry.device) !== null) {
        throw new RegistryError('damaged', `${path} names the device ${entry.device} twice`)
      }
      table.set(entry)
    }
  }
  return overlaid(table, single)
}

/** Adds the device of the environment. If the file has a device of that name, its secret must be the same. */
function overlaid(table: DeviceTable, single: SingleDevice | null): DeviceTable {
  if (!single) return table
  const { device, secret } = single
  const known = table.get(device)
  if (known === null) table.set(signedEntry(device, secret, 0))
  else if (known.kind !== 'signed' || !known.secrets.some(one => one.secret === secret)) {
    throw new StartError(
      'registry-conflict',
      `the device ${device} has another secret in the registry than in SECRET.`,
      'remove SECRET (or SECRET_FILE) from .env and start again, because the registry has the device; or set it to the secret that ipupdater-admin printed.',
    )
  }
  return table
}
