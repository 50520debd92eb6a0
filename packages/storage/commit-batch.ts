import type { BatchStatements } from './batch-sql.ts'
import type { CommitOutcome, EncodedUpdate } from './decide.ts'
import type { DeviceInBatch } from './device-in-batch.ts'
import { loadDevices } from './load-devices.ts'
import { saveDevices } from './save-devices.ts'
import type { Transaction } from './transaction.ts'

/**
 * Takes a batch of updates in one durable transaction. One outcome an update, in order.
 *
 * Everything that a decision is based on is read in the transaction that writes it: a restore, an upgrade or another
 * program may have changed any row since the last batch.
 */
export async function commitBatch(
  updates: readonly EncodedUpdate[],
  statements: BatchStatements,
  transaction: Transaction,
): Promise<CommitOutcome[]> {
  return transaction(async () => {
    const { floor, devices } = await loadDevices(updates, statements)
    // In order: a second update of a device sees what the first one did.
    const outcomes = updates.map(update => {
      const device = devices.get(update.device) as DeviceInBatch // there is one for each name in the batch
      return device.apply(update, floor)
    })
    await saveDevices([...devices.values()], statements)
    return outcomes
  })
}
