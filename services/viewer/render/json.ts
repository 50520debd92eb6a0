import type { CurrentAddress, HistoryEntry } from '@ipupdater/storage'
import { isContested } from '@ipupdater/storage'
import { isLate } from '../device/state.ts'
import { isSigned } from './evidence.ts'
import type { View } from './view.ts'

/**
 * Times are integer milliseconds since the epoch. `next` is the next page, relative to this one. The proof is
 * the device's latest signed update as it came: `verifyProof` of packages/protocol checks it.
 */
export function addressesJson(addresses: readonly CurrentAddress[], { now, next }: View): string {
  return document({ addresses: addresses.map(current => addressMember(current, now)), next })
}

export function historyJson(entries: readonly HistoryEntry[], { next }: View): string {
  return document({ entries: entries.map(entryMember), next })
}

/** Member by member, so that a new column in the storage is not published automatically. */
function addressMember(current: CurrentAddress, now: number) {
  return {
    device: current.device,
    family: current.family,
    address: current.address,
    firstSeen: current.firstSeen,
    lastSeen: current.lastSeen,
    confirmations: current.confirmations,
    /** Seconds from one report to the next, as promised; null: nothing promised, so never late. */
    interval: current.interval,
    dueAt: current.dueAt,
    late: isLate(current, now),
    contested: isContested(current.flippedAt, now),
    flips: current.flips,
    signed: isSigned(current),
    given: current.given,
    proof: proofMember(current),
  }
}

function entryMember(entry: HistoryEntry) {
  if (entry.kind === 'outage') {
    return { kind: entry.kind, device: entry.device, from: entry.from, to: entry.to }
  }
  return {
    kind: entry.kind,
    device: entry.device,
    family: entry.family,
    address: entry.address,
    firstSeen: entry.firstSeen,
    lastSeen: entry.lastSeen,
    confirmations: entry.confirmations,
    open: entry.open,
    signed: isSigned(entry),
    given: entry.given,
    proof: proofMember(entry),
  }
}

function proofMember({ proof }: Pick<CurrentAddress, 'proof'>) {
  if (proof === null) return null
  const { contentDigest, signatureInput, signature, body } = proof
  return { contentDigest, signatureInput, signature, body }
}

function document(members: Record<string, unknown>): string {
  // ASCII only (RFC 8259 §7), so that no control or format character reaches a terminal.
  return `${JSON.stringify(members).replace(/[\x7f-\uffff]/g, escapeCharacter)}\n`
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
