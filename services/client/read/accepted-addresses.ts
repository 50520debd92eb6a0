import { ClientError } from '../errors.ts'
import { assertRecent } from './freshness.ts'
import type { AcceptedAddress, VerifyOptions } from './verify-entry.ts'
import { verifyEntry } from './verify-entry.ts'
import type { AddressEntry } from './viewer.ts'

export interface AcceptOptions extends VerifyOptions {
  family: 'auto' | '4' | '6'
  maxAgeSeconds: number | null
  now: number
}

export interface Accepted {
  /** At least one: signed by the device, and recent. */
  addresses: readonly [AcceptedAddress, ...AcceptedAddress[]]
  /** Why other addresses are left out, except those that are merely old. */
  leftOut: readonly ClientError[]
}

/**
 * The current addresses of a device that pass every check: one rule for `get`, `watch` and `export`. Throws the
 * first refusal if no address passes, and `no-address` if there is none.
 */
export function acceptedAddresses(entries: readonly AddressEntry[], options: AcceptOptions): Accepted {
  const { family, maxAgeSeconds, now } = options
  const addresses: AcceptedAddress[] = []
  const refusals: ClientError[] = []
  for (const entry of entries) {
    if (family !== 'auto' && entry.family !== Number(family)) continue
    try {
      const accepted = verifyEntry(entry, options)
      assertRecent(accepted, now, maxAgeSeconds)
      addresses.push(accepted)
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      refusals.push(error)
    }
  }
  const [first, ...others] = addresses
  if (first === undefined) throw refusals[0] ?? new ClientError('no-address')
  // The last address of a family that the device no longer has is never removed.
  return { addresses: [first, ...others], leftOut: refusals.filter(({ code }) => code !== 'too-old') }
}
