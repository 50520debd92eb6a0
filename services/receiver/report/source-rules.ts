import type { Address } from '@ipupdater/protocol'
import { ProtocolError, specialPurpose } from '@ipupdater/protocol'
import type { HeaderName, Source } from '../source/client-address.ts'

/** @throws ProtocolError `source-unclear` or `source-masked` if the true address of the client is not known */
export function assertKnown(source: Source, isMasked: (address: Address) => boolean): Address {
  if ('unclear' in source) throw new ProtocolError('source-unclear', source.unclear)
  if (isMasked(source.address)) {
    throw new ProtocolError('source-masked', maskedDetail(source.address, source.ignored))
  }
  return source.address
}

function maskedDetail(address: Address, ignored: HeaderName | undefined): string {
  const seen = `the server sees ${address}, an address of Docker's own network`
  return ignored === undefined ? seen : `${seen}; a proxy's ${ignored} was ignored: set TRUSTED_PROXIES`
}

/** @throws ProtocolError `address-mismatch` */
export function assertOwnAddress(address: Address, source: Address): void {
  if (address !== source) {
    throw new ProtocolError('address-mismatch', `the update names ${address} and comes from ${source}`)
  }
}

/** @throws ProtocolError `address-not-public` */
export function assertPublic(address: Address): void {
  const purpose = specialPurpose(address)
  if (purpose === null) return
  const { block, name, rfc } = purpose
  throw new ProtocolError('address-not-public', `${address} lies in ${block}: ${name} (${rfc})`)
}
