import type { DeviceName } from '@ipupdater/protocol'
import type { BatchStatements } from './batch-sql.ts'
import type { CommitOutcome, EncodedUpdate } from './decide.ts'
import { DeviceInBatch } from './device-in-batch.ts'
import { KnownDevices } from './known-devices.ts'
import { loadDevices } from './load-devices.ts'
import { refreshDevices, saveDevices } from './save-devices.ts'
import type { Transaction } from './transaction.ts'

/** Takes a batch of updates in one durable transaction. One outcome an update, in order. */
export async function commitBatch(
  updates: readonly EncodedUpdate[],
  statements: BatchStatements,
  transaction: Transaction,
  known: KnownDevices,
): Promise<CommitOutcome[]> {
  const { outcomes, devices } =
    (await confirmBatch(updates, statements, known)) ??
    (await transaction(async () => {
      const batch = await decideBatch(updates, statements, new KnownDevices())
      await saveDevices(batch.devices, statements)
      return batch
    }))
  for (const { name, id, after } of devices)
    if (id !== null && after !== null) known.remember(name, { id, state: after })
  return outcomes
}

interface DecidedBatch {
  readonly outcomes: CommitOutcome[]
  readonly devices: readonly DeviceInBatch[]
}

/**
 * Nearly always nobody has moved, and only the open tenures are extended. One statement does that, and a statement is
 * a transaction of its own: one or two trips to SQLite's thread instead of four, each of which waits until both threads
 * have a processor. Null: there is more to it, or a row is not as it was known. Rows that were as known are then
 * extended already, and the second attempt finds that: the last update of such a device is recognised as the same
 * message. An earlier one of the same batch is refused as not newer; it was not acknowledged, and its device asks anew.
 */
async function confirmBatch(
  updates: readonly EncodedUpdate[],
  statements: BatchStatements,
  known: KnownDevices,
): Promise<DecidedBatch | null> {
  const batch = await decideBatch(updates, statements, known)
  return (await refreshDevices(batch.devices, statements)) ? batch : null
}

async function decideBatch(
  updates: readonly EncodedUpdate[],
  statements: BatchStatements,
  known: KnownDevices,
): Promise<DecidedBatch> {
  const devices = await devicesOf(updates, statements, known)
  const floor = known.floor ?? 0
  // In order: a second update of a device sees what the first one did.
  const outcomes = updates.map(update => entryOf(devices, update.device).apply(update, floor))
  return { outcomes, devices: [...devices.values()] }
}

/** Those that are not known are loaded. */
async function devicesOf(
  updates: readonly EncodedUpdate[],
  statements: BatchStatements,
  known: KnownDevices,
): Promise<Map<DeviceName, DeviceInBatch>> {
  const devices = new Map<DeviceName, DeviceInBatch>()
  const unknown: EncodedUpdate[] = []
  for (const update of updates) {
    const device = known.recall(update.device)
    if (device === null || known.floor === null) unknown.push(update)
    else if (!devices.has(update.device)) {
      devices.set(update.device, new DeviceInBatch(update.device, device.id, device.state))
    }
  }
  if (unknown.length > 0) {
    const loaded = await loadDevices(unknown, statements)
    known.floor = loaded.floor
    for (const [name, device] of loaded.devices) devices.set(name, device)
  }
  return devices
}

function entryOf(devices: ReadonlyMap<DeviceName, DeviceInBatch>, name: DeviceName): DeviceInBatch {
  return devices.get(name) as DeviceInBatch // one was made for each name in the batch
}
