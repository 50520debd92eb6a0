import type { DeviceName } from '@ipupdater/protocol'
import type { BatchStatements } from './batch-sql.ts'
import type { CommitOutcome, EncodedUpdate } from './decide.ts'
import type { DeviceInBatch } from './device-in-batch.ts'
import { loadDevices } from './load-devices.ts'
import { refreshDevices, saveDevices } from './save-devices.ts'
import type { Transaction } from './transaction.ts'

/** Takes a batch of updates in one durable transaction. One outcome an update, in order. */
export async function commitBatch(
  updates: readonly EncodedUpdate[],
  statements: BatchStatements,
  transaction: Transaction,
): Promise<CommitOutcome[]> {
  return (
    (await confirmBatch(updates, statements)) ??
    (await transaction(async () => {
      const { outcomes, devices } = await decideBatch(updates, statements)
      await saveDevices(devices, statements)
      return outcomes
    }))
  )
}

/**
 * Nearly always nobody has moved, and only the open tenures are extended. One statement does that, and a statement is
 * a transaction of its own: two trips to SQLite's thread instead of four, each of which waits until both threads have
 * a processor. Null: there is more to write, or a row is no longer as it was loaded. Then nothing that a second
 * attempt would not find again has been done: an update that is already in is recognised as the same message.
 */
async function confirmBatch(
  updates: readonly EncodedUpdate[],
  statements: BatchStatements,
): Promise<CommitOutcome[] | null> {
  const { outcomes, devices } = await decideBatch(updates, statements)
  return (await refreshDevices(devices, statements)) ? outcomes : null
}

async function decideBatch(
  updates: readonly EncodedUpdate[],
  statements: BatchStatements,
): Promise<{ outcomes: CommitOutcome[]; devices: DeviceInBatch[] }> {
  const { floor, devices } = await loadDevices(updates, statements)
  // In order: a second update of a device sees what the first one did.
  const outcomes = updates.map(update => entryOf(devices, update.device).apply(update, floor))
  return { outcomes, devices: [...devices.values()] }
}

function entryOf(devices: ReadonlyMap<DeviceName, DeviceInBatch>, name: DeviceName): DeviceInBatch {
  return devices.get(name) as DeviceInBatch // loadDevices made one for each name in the batch
}
