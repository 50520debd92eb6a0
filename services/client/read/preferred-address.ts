import type { AcceptedAddress } from './verify-entry.ts'

/** The latest of at least one address; IPv4 if both families reported within one interval. */
export function preferredAddress(
  addresses: readonly [AcceptedAddress, ...AcceptedAddress[]],
): AcceptedAddress {
  const latest = addresses.reduce((a, b) => (b.timestamp > a.timestamp ? b : a))
  const sinceMs = latest.timestamp - (latest.interval ?? 300) * 1000
  return addresses.find(({ family, timestamp }) => family === 4 && timestamp > sinceMs) ?? latest
}
