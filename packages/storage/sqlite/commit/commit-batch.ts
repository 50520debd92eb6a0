import type { BatchDevice } from '../../batch/batch-device.ts'
import type { CommitOutcome } from '../../contract.ts'
import type { EncodedReport } from '../../decide.ts'
import type { Transaction } from '../connection.ts'
import { loadDevices } from './load-devices.ts'
import { saveDevices } from './save-devices.ts'
import type { BatchStatements } from './statements.ts'

export interface BatchConnection {
  readonly statements: BatchStatements
  readonly transaction: Transaction
  /** @throws StorageError `newer-schema` */
  readonly assertSchema: (version: number) => void
}

/**
 * Commits a batch in one durable transaction. One outcome for each report, in order.
 *
 * Everything that a decision is based on is read in the transaction that writes it: a restore, an upgrade or another
 * program may have changed any row since the last batch.
 */
export function commitBatch(
  reports: readonly EncodedReport[],
  { statements, transaction, assertSchema }: BatchConnection,
): Promise<CommitOutcome[]> {
  return transaction(async () => {
    const { schema, floor, devices } = await loadDevices(reports, statements)
    assertSchema(schema)
    // In order: a second report of a device is judged by what the first one did.
    const outcomes = reports.map(report => {
      const device = devices.get(report.device) as BatchDevice // loadDevices gives one for each name
      return device.apply(report, floor)
    })
    await saveDevices([...devices.values()], statements)
    return outcomes
  })
}
