import type { Address, Family, Receipt } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import type { CommitOutcome, Evidence, Report } from './contract.ts'
import { encodeEvidence } from './evidence.ts'
import { dueAt, isLate } from './lateness.ts'

/** A report as its row will hold it. */
export interface EncodedReport extends Pick<Report, 'device' | 'address' | 'at' | 'interval'> {
  readonly kind: Evidence['kind']
  /** JSON text, see `encodeEvidence`. */
  readonly proof: string
  readonly secretAdded: number
  /** Null: not known, because the device sent no time. */
  readonly skewMs: number | null
}

export function encodeReport({ device, address, at, interval, evidence }: Report): EncodedReport {
  const { kind, secretAdded } = evidence
  const skewMs = kind === 'signed' ? evidence.skewMs : null
  return { device, address, at, interval, kind, proof: encodeEvidence(evidence), secretAdded, skewMs }
}

/** What is known of a device before (and after) a report. */
export interface DeviceState {
  readonly kind: Evidence['kind']
  readonly interval: number | null
  readonly skewMs: number
  readonly secretAdded: number
  readonly tenures: { readonly [family in Family]: OpenTenure | null }
}

/** The tenure of the address that a device holds now in one family. */
export interface OpenTenure {
  readonly address: Address
  readonly firstSeen: number
  readonly lastSeen: number
  readonly confirmations: number
  readonly previousAddress: Address | null
  readonly previousLastSeen: number | null
  readonly flips: number
  readonly flippedAt: number | null
  /** Null: not loaded. It is needed only if a report of the same time arrives, which may be the same message. */
  readonly proof: string | null
}

export interface Outage {
  readonly from: number
  readonly to: number
}

export interface Decision {
  readonly outcome: CommitOutcome
  /** The state afterwards; null: nothing changes. */
  readonly state: DeviceState | null
  /** The tenure that a new address ends. */
  readonly closed: OpenTenure | null
  readonly outage: Outage | null
}

/**
 * The whole rule of what a report does. Every backend calls it within the transaction that read `before` and `floor`.
 *
 * @param before null: a device never seen
 * @param floor reports up to this time are refused: what a restored backup does not know must not count again
 */
export function decide(before: DeviceState | null, report: EncodedReport, floor: number): Decision {
  if (before !== null && before.kind !== report.kind) return unchanged({ refused: 'wrong-kind' })
  const family = familyOf(report.address)
  const current = before?.tenures[family] ?? null
  if (current !== null && isSameMessage(current, report)) {
    return unchanged({ ...receiptOf(current), repeated: true })
  }
  const last = Math.max(floor, current?.lastSeen ?? 0)
  if (report.at <= last) return unchanged({ refused: 'not-newer', last })

  const isSameAddress = current !== null && current.address === report.address
  const tenure = isSameAddress ? refreshed(current, report) : opened(current, report)
  return {
    outcome: receiptOf(tenure),
    state: {
      kind: report.kind,
      interval: report.interval,
      skewMs: steadySkew(before?.skewMs, report.skewMs),
      secretAdded: report.secretAdded,
      tenures: { 4: null, 6: null, ...before?.tenures, [family]: tenure },
    },
    closed: isSameAddress ? null : current,
    outage: before === null ? null : outageEndedBy(report, before),
  }
}

/** A, B, A within this time means two senders (or two uplinks) in turn, not a new lease. */
const CONTESTED_MS = 3_600_000

export function isContested(flippedAt: number | null, now: number): boolean {
  return flippedAt !== null && now - flippedAt < CONTESTED_MS
}

function unchanged(outcome: CommitOutcome): Decision {
  return { outcome, state: null, closed: null, outage: null }
}

/** If an answer is lost, the device sends the same bytes again and gets the same answer. */
function isSameMessage(current: OpenTenure, report: EncodedReport): boolean {
  return current.lastSeen === report.at && current.proof === report.proof
}

function receiptOf({ address, firstSeen, lastSeen }: OpenTenure): Receipt {
  return { result: firstSeen === lastSeen ? 'new' : 'refreshed', address, firstSeen, lastSeen }
}

function refreshed(current: OpenTenure, { at, proof }: EncodedReport): OpenTenure {
  return { ...current, lastSeen: at, confirmations: current.confirmations + 1, proof }
}

function opened(current: OpenTenure | null, { address, at, proof }: EncodedReport): OpenTenure {
  const isFlip =
    current !== null &&
    current.previousAddress === address &&
    current.previousLastSeen !== null &&
    at - current.previousLastSeen <= CONTESTED_MS
  return {
    address,
    firstSeen: at,
    lastSeen: at,
    confirmations: 1,
    previousAddress: current?.address ?? null,
    previousLastSeen: current?.lastSeen ?? null,
    flips: (current?.flips ?? 0) + (isFlip ? 1 : 0),
    flippedAt: isFlip ? at : (current?.flippedAt ?? null),
    proof,
  }
}

/** The measured skew varies by seconds, because `created` has no fraction and the message takes time. A smaller change is not stored. */
const SKEW_STEP_MS = 5000

function steadySkew(known: number | undefined, measured: number | null): number {
  if (measured === null) return known ?? 0
  return known !== undefined && Math.abs(measured - known) < SKEW_STEP_MS ? known : measured
}

function outageEndedBy({ at }: EncodedReport, { interval, tenures }: DeviceState): Outage | null {
  const reportedAt = Math.max(tenures[4]?.lastSeen ?? 0, tenures[6]?.lastSeen ?? 0)
  const due = dueAt(reportedAt, interval)
  return due !== null && isLate(reportedAt, interval, at) ? { from: due, to: at } : null
}
