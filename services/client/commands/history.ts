import { familyName } from '@ipupdater/protocol'
import { timeText } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { ClientError, UsageError, VIEWER } from '../errors.ts'
import type { Connection } from '../http.ts'
import { connect } from '../http.ts'
import type { Judgement } from '../read/judge-entry.ts'
import { judgeEntry } from '../read/judge-entry.ts'
import type { AddressEntry, HistoryEntry, HistoryQuery, OutageEntry } from '../read/viewer.ts'
import { fetchHistory } from '../read/viewer.ts'
import { readViewSettings } from '../settings/view-settings.ts'

export interface HistorySwitches {
  limit?: string | undefined
  from?: string | undefined
  to?: string | undefined
  at?: string | undefined
}

/** Prints the addresses that a device has had, newest first, and which of them it has signed. */
export async function history(switches: HistorySwitches, context: Context): Promise<ExitCode> {
  const { viewer, ...options } = readViewSettings(context)
  const { from, to, at } = switches
  if (at !== undefined && (from !== undefined || to !== undefined)) {
    throw new UsageError('--at is one moment: leave --from and --to out.')
  }
  const query = { device: options.device, limit: limitOf(switches.limit), from, to, at }
  using connection = connect({ service: VIEWER, isInContainer: context.isInContainer })
  let count = 0
  let hasCurrent = false
  let hasUnchecked = false
  for await (const entry of entriesOf(connection, viewer, query)) {
    count += 1
    if (entry.kind === 'outage') {
      context.stdout(context.json ? JSON.stringify(entry) : outageLine(entry))
      continue
    }
    const judgement = judgeEntry(entry, options)
    hasCurrent ||= judgement.kind === 'verified' && judgement.by === 'current'
    hasUnchecked ||= judgement.kind === 'other-secret'
    const mark = markOf(judgement, hasCurrent)
    context.stdout(context.json ? jsonLine(entry, judgement) : addressLine(entry, mark))
  }
  if (count === 0 && !context.json) context.stderr('Nothing in this period.')
  if (hasUnchecked && !context.json) {
    context.stderr('If the secret was rotated: --earlier-secret-file PATH checks what was signed before.')
  }
  return 0
}

/** The history of a viewer. It alone knows which times it understands, so what it refuses is wrong use of a flag. */
async function* entriesOf(
  connection: Connection,
  viewer: URL,
  query: HistoryQuery,
): AsyncGenerator<HistoryEntry> {
  try {
    yield* fetchHistory(connection, viewer, query)
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'bad-query') throw error
    throw new UsageError(`The viewer refuses these flags: ${error.detail ?? error.title}`)
  }
}

function limitOf(text = '50'): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new UsageError(`--limit "${text}" is not a whole number from 1 to 999999.`)
  }
  return Number(text)
}

/**
 * The proof is the last report of the tenure. When the tenure began, and outages, are the server's word alone. Below
 * an entry that the current secret verifies, another secret is most likely an earlier one.
 */
function markOf(judgement: Judgement, hasCurrent: boolean): string {
  switch (judgement.kind) {
    case 'verified':
      return judgement.by === 'current' ? 'verified' : 'verified, signed with an earlier secret'
    case 'other-secret':
      return hasCurrent
        ? 'not checked: signed with an earlier secret'
        : 'NOT VERIFIED: signed with another secret'
    case 'unsigned':
      return 'NOT SIGNED'
    case 'invalid':
      return `NOT VERIFIED: ${judgement.reason}`
  }
}

function jsonLine({ proof: _proof, isSigned: signed, ...rest }: AddressEntry, judgement: Judgement): string {
  const isVerified = judgement.kind === 'verified'
  const secret = isVerified ? judgement.by : null
  return JSON.stringify({ kind: 'tenure', ...rest, signed, verified: isVerified, secret })
}

function addressLine({ firstSeen, lastSeen, family, address }: AddressEntry, mark: string): string {
  return `${timeText(firstSeen)}  ${timeText(lastSeen)}  ${familyName(family)}  ${address}  ${mark}`
}

function outageLine({ from, to }: OutageEntry): string {
  return `${timeText(from)}  ${to === null ? ''.padEnd(25) : timeText(to)}  no reports`
}
