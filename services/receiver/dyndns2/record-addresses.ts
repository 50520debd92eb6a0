import type { Address, Receipt } from '@ipupdater/protocol'
import { familyOf, ProtocolError } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import { assertKnown } from '../report/check-report.ts'
import type { RecordReportDeps } from '../report/record-report.ts'
import { recordReport } from '../report/record-report.ts'
import type { Source } from '../source/client-address.ts'
import type { AuthenticatedRouter } from './credentials.ts'
import type { GivenAddresses } from './request.ts'

/** The receipts of what was recorded, the connection's own address first. @throws ProtocolError, StorageError */
export type RecordAddresses = (
  router: AuthenticatedRouter,
  given: GivenAddresses,
  source: Source,
) => Promise<readonly Receipt[]>

export interface RecordAddressesDeps extends RecordReportDeps {
  readonly log: Log
}

/**
 * Records the address that the request comes from, whatever the router says of that family. The other family cannot
 * be seen on this connection, so the router's word is taken for it and marked as given.
 */
export function recordAddresses(deps: RecordAddressesDeps): RecordAddresses {
  return async ({ device, passwordAdded, interval }, given, source) => {
    const report = (address: Address, isGiven: boolean) => {
      const evidence = { kind: 'password', secretAdded: passwordAdded, given: isGiven } as const
      return recordReport({ device, address, at: deps.now(), interval, evidence }, source, deps)
    }
    const own = assertKnown(source, deps.isMasked)
    const receipts = [await report(own, false)]
    const other = given[familyOf(own) === 4 ? 6 : 4]
    if (other === undefined) return receipts
    try {
      receipts.push(await report(other, true))
    } catch (error) {
      // Routers often name their local IPv6 address (fd00::/8). What the connection showed is recorded all the same.
      if (!(error instanceof ProtocolError) || error.code !== 'address-not-public') throw error
      deps.log.info('given address not recorded', { device, reason: error.message })
    }
    return receipts
  }
}
