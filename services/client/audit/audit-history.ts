import type { Family } from '@ipupdater/protocol'
import type { Judgement, JudgeOptions } from '../read/judge-entry.ts'
import { judgeEntry } from '../read/judge-entry.ts'
import type { AcceptedAddress } from '../read/verify-entry.ts'
import type { AddressEntry, HistoryEntry, OutageEntry } from '../read/viewer.ts'

export type FindingKind = 'altered' | 'out-of-order' | 'contradictory' | 'not-verifiable'

export interface Finding {
  readonly kind: FindingKind
  /** When the entry began, in milliseconds since the epoch. */
  readonly at: number
  /** Null for an outage. */
  readonly address: string | null
  /** A sentence for people. */
  readonly message: string
}

export interface AuditReport {
  readonly entries: number
  readonly verified: number
  readonly findings: readonly Finding[]
  /** The newest verified report; null if there is none. */
  readonly newest: AcceptedAddress | null
}

export interface AuditOptions extends JudgeOptions {
  /** Entries without a proof are no finding. */
  allowUnsigned: boolean
}

interface Judged {
  entry: AddressEntry
  judgement: Judgement
}

/** Checks every proof of a history, newest entry first, and whether its entries can all be true. */
export function auditHistory(history: readonly HistoryEntry[], options: AuditOptions): AuditReport {
  const judged = history.flatMap(entry =>
    entry.kind === 'tenure' ? [{ entry, judgement: judgeEntry(entry, options) }] : [],
  )
  const outages = history.filter(entry => entry.kind === 'outage')
  const reports = judged.flatMap(({ judgement }) => (judgement.kind === 'verified' ? [judgement.report] : []))
  const findings = [
    ...judged.flatMap(each => proofFinding(each, options)),
    ...wrongDevices(history, options),
    ...orderFindings(history),
    ...([4, 6] as const).flatMap(family => overlapFindings(judged, family)),
    ...outages.flatMap(outage => outageFindings(outage, reports)),
  ]
  const newest = reports.reduce<AcceptedAddress | null>(
    (a, b) => (a === null || b.timestamp > a.timestamp ? b : a),
    null,
  )
  return { entries: history.length, verified: reports.length, findings, newest }
}

function proofFinding({ entry, judgement }: Judged, { allowUnsigned }: AuditOptions): Finding[] {
  const finding = (kind: FindingKind, message: string) => [findingAt(entry, kind, message)]
  switch (judgement.kind) {
    case 'verified':
      return []
    case 'invalid':
      return finding('altered', judgement.reason)
    case 'other-secret':
      return finding('not-verifiable', 'none of the given secrets has signed it')
    case 'unsigned':
      return allowUnsigned ? [] : finding('not-verifiable', 'it has no proof')
  }
}

function wrongDevices(history: readonly HistoryEntry[], { device }: AuditOptions): Finding[] {
  return history
    .filter(entry => entry.device !== device)
    .map(entry => findingAt(entry, 'altered', `it is an entry of ${entry.device}, not of ${device}`))
}

/** The viewer sorts by the time at which an entry began. */
function orderFindings(history: readonly HistoryEntry[]): Finding[] {
  return history.flatMap((entry, index) => {
    const after = history[index - 1]
    const end = entry.kind === 'tenure' ? entry.lastSeen : entry.to
    if (end !== null && end < beganAt(entry))
      return [findingAt(entry, 'out-of-order', 'it ends before it begins')]
    if (after === undefined || beganAt(after) >= beganAt(entry)) return []
    return [findingAt(entry, 'out-of-order', 'it began after the entry that is listed as newer')]
  })
}

/** A device has one address of a family at a time. */
function overlapFindings(judged: readonly Judged[], family: Family): Finding[] {
  const tenures = judged
    .map(({ entry }) => entry)
    .filter(entry => entry.family === family)
    .toSorted((a, b) => a.firstSeen - b.firstSeen || a.lastSeen - b.lastSeen)
  return tenures.flatMap((entry, index) => {
    const before = tenures[index - 1]
    if (before === undefined || before.lastSeen < entry.firstSeen) return []
    return [findingAt(entry, 'contradictory', `it began before the last report of ${before.address}`)]
  })
}

function outageFindings(outage: OutageEntry, reports: readonly AcceptedAddress[]): Finding[] {
  const to = outage.to ?? Number.POSITIVE_INFINITY
  return reports
    .filter(({ timestamp }) => timestamp > outage.from && timestamp < to)
    .map(({ address }) =>
      findingAt(
        outage,
        'contradictory',
        `the device has signed a report of ${address} in this time without reports`,
      ),
    )
}

function findingAt(entry: AddressEntry | OutageEntry, kind: FindingKind, message: string): Finding {
  return { kind, at: beganAt(entry), address: 'address' in entry ? entry.address : null, message }
}

function beganAt(entry: AddressEntry | OutageEntry): number {
  return 'address' in entry ? entry.firstSeen : entry.from
}
