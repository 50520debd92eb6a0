import { familyName } from '@ipupdater/protocol'
import { printableInLine } from '@ipupdater/runtime'
import type { HistoryEntry } from '@ipupdater/storage'
import { isSigned } from './evidence.ts'

export const csvHeader = 'kind,device,family,address,from,to,open,confirmations,signed,given\r\n'

/**
 * RFC 4180, times in ISO 8601 and UTC with milliseconds. An outage in progress has no `to`. `given`: the address is only
 * what an unsigned report said.
 */
export function csvRows(entries: readonly HistoryEntry[]): string {
  return entries.map(entry => `${entryRow(entry).map(field).join(',')}\r\n`).join('')
}

function entryRow(entry: HistoryEntry): string[] {
  if (entry.kind === 'outage') {
    const { kind, device, from, to } = entry
    return [kind, device, '', '', iso(from), to === null ? '' : iso(to), String(to === null), '', '', '']
  }
  const { kind, device, family, address, firstSeen, lastSeen, open, confirmations } = entry
  return [
    kind,
    device,
    familyName(family),
    address,
    iso(firstSeen),
    iso(lastSeen),
    String(open),
    String(confirmations),
    String(isSigned(entry)),
    String(entry.given),
  ]
}

function iso(instant: number): string {
  return new Date(instant).toISOString()
}

function field(text: string): string {
  const value = printableInLine(text)
  // A spreadsheet takes a value that begins like this as a formula.
  const inert = /^[=+\-@]/.test(value) ? `'${value}` : value
  return /[",]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
