import type { Address, DeviceName, Family, Proof, Receipt } from '@ipupdater/protocol'
import { familyOf } from '@ipupdater/protocol'
import { CONTESTED_MS } from './contested.ts'
import { dueAt, isLate } from './lateness.ts'

/** An update that passed every check but the last: whether it is newer than the one before. */
export interface AcceptedUpdate {
  readonly device: DeviceName
  readonly address: Address
  /** ms; the server's own clock when the device asked, signed by the device */
  readonly timestamp: number
  /** s until the next report is due; null: none is promised */
  readonly interval: number | null
  readonly proof: Proof
  /** device clock − server clock, ms */
  readonly skewMs: number
  /** registry id of the secret that signed */
  readonly secretAdded: number
}

/** `last`: the newest timestamp that counts, which this update did not exceed. */
export type CommitOutcome = Committed | { readonly refused: 'not-newer'; readonly last: number }

export interface Committed extends Receipt {
  /** The identical message was committed before: this one changed nothing. */
  readonly repeated?: true
}

/** An update as it is written: its proof encoded. */
export interface EncodedUpdate extends Omit<AcceptedUpdate, 'proof'> {
  readonly proof: string
}

/** What is known of a device before (and after) an update. */
export interface DeviceState {
  readonly interval: number | null
  readonly skewMs: number
  readonly secretAdded: number
  readonly tenures: { readonly [family in Family]: OpenTenure | null }
}

export interface OpenTenure {
  readonly address: Address
  readonly firstSeen: number
  readonly lastSeen: number
  readonly confirmations: number
  readonly previousAddress: Address | null
  readonly previousLastSeen: number | null
  readonly flips: number
  readonly flippedAt: number | null
  /** Null: not loaded. Loaded where an update of the very same timestamp arrives: it may be the same message. */
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

/** The whole rule of what an update does. `floor`: timestamps up to it are refused (see `meta`); `before` null: a device never seen. */
export function decide(before: DeviceState | null, update: EncodedUpdate, floor: number): Decision {
  const family = familyOf(update.address)
  const held = before?.tenures[family] ?? null
  if (held !== null && isSameMessage(held, update)) return unchanged({ ...receiptOf(held), repeated: true })
  const last = Math.max(floor, held?.lastSeen ?? 0)
  if (update.timestamp <= last) return unchanged({ refused: 'not-newer', last })

  const staying = held !== null && held.address === update.address
  const tenure = staying ? refreshed(held, update) : opened(held, update)
  return {
    outcome: receiptOf(tenure),
    state: {
      interval: update.interval,
      skewMs: steadySkew(before?.skewMs, update.skewMs),
      secretAdded: update.secretAdded,
      tenures: { 4: null, 6: null, ...before?.tenures, [family]: tenure },
    },
    closed: staying ? null : held,
    outage: before === null ? null : outageEndedBy(update, before),
  }
}

/** The device's last report in any family. */
export function lastReport({ tenures }: DeviceState): number {
  return Math.max(tenures[4]?.lastSeen ?? 0, tenures[6]?.lastSeen ?? 0)
}

function unchanged(outcome: CommitOutcome): Decision {
  return { outcome, state: null, closed: null, outage: null }
}

/** A lost answer makes a device send the same bytes again; it gets the same answer. */
function isSameMessage(held: OpenTenure, update: EncodedUpdate): boolean {
  return held.lastSeen === update.timestamp && held.proof === update.proof
}

function receiptOf({ address, firstSeen, lastSeen }: OpenTenure): Receipt {
  return { result: firstSeen === lastSeen ? 'new' : 'refreshed', address, firstSeen, lastSeen }
}

function refreshed(held: OpenTenure, { timestamp, proof }: EncodedUpdate): OpenTenure {
  return { ...held, lastSeen: timestamp, confirmations: held.confirmations + 1, proof }
}

function opened(held: OpenTenure | null, { address, timestamp, proof }: EncodedUpdate): OpenTenure {
  const isFlip =
    held !== null &&
    held.previousAddress === address &&
    held.previousLastSeen !== null &&
    timestamp - held.previousLastSeen <= CONTESTED_MS
  return {
    address,
    firstSeen: timestamp,
    lastSeen: timestamp,
    confirmations: 1,
    previousAddress: held?.address ?? null,
    previousLastSeen: held?.lastSeen ?? null,
    flips: (held?.flips ?? 0) + (isFlip ? 1 : 0),
    flippedAt: isFlip ? timestamp : (held?.flippedAt ?? null),
    proof,
  }
}

/** The measured skew jitters by seconds (`created` has no fraction, and the message travels): noise is not written. */
const SKEW_STEP_MS = 5000

function steadySkew(known: number | undefined, measured: number): number {
  return known !== undefined && Math.abs(measured - known) < SKEW_STEP_MS ? known : measured
}

function outageEndedBy({ timestamp }: EncodedUpdate, before: DeviceState): Outage | null {
  const last = lastReport(before)
  const due = dueAt(last, before.interval)
  return due !== null && isLate(last, before.interval, timestamp) ? { from: due, to: timestamp } : null
}
