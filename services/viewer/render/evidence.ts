import type { CurrentAddress, TenureEntry } from '@ipupdater/storage'

/** Whether the device has signed it. Without a proof nothing is claimed. */
export function isSigned({ proof }: Pick<CurrentAddress | TenureEntry, 'proof'>): boolean {
  return proof !== null
}

/** `not signed`, and whether the address is only what the device said; null if it is signed. */
export function unsignedNote({
  proof,
  given,
}: Pick<CurrentAddress | TenureEntry, 'proof' | 'given'>): string | null {
  if (proof !== null) return null
  return given ? 'not signed, as the device gave it' : 'not signed'
}
