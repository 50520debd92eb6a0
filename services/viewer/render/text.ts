import type { Problem } from '@ipupdater/protocol'
import { familyName } from '@ipupdater/protocol'
import { printableInLine } from '@ipupdater/runtime'
import type { CurrentAddress, HistoryEntry } from '@ipupdater/storage'
import { isContested } from '@ipupdater/storage'
import { isLate } from '../device/state.ts'
import { unsignedNote } from './evidence.ts'
import type { HistoryData } from './page/history.ts'
import { OUTAGES_LEFT_OUT } from './page/history.ts'
import type { View } from './view.ts'

/**
 * The address, a newline and nothing else, for `ssh "me@$(curl …)"`. One line, even if the device has both families:
 * then IPv4, which can be reached from more networks; `?family=6` gives the other one.
 */
export function bareAddress([first]: readonly [CurrentAddress, ...CurrentAddress[]]): string {
  return `${first.address}\n`
}

/** Device, family, address, last seen. "late" and "contested" come last, so that columns keep their numbers. */
export function addressesText(addresses: readonly CurrentAddress[], { now, time }: View): string {
  return columns(
    addresses.map(current => [
      current.device,
      familyName(current.family),
      current.address,
      time.iso(current.lastSeen),
      [
        isLate(current, now) && 'late',
        isContested(current.flippedAt, now) && 'contested',
        unsignedNote(current) !== null && 'not-signed',
      ]
        .filter(Boolean)
        .join(','),
    ]),
  )
}

/**
 * Device, family or "outage", address, from, to, then "current" or "ongoing". "-" is an empty column. The last lines say
 * what is not shown.
 */
export function historyText(data: HistoryData, view: View): string {
  const { entries, more, isComplete, older } = data
  const isFiltered = data.at !== null || Object.keys(data.filter).length > 0
  if (entries.length === 0) return isFiltered ? 'Nothing in this period.\n' : ''
  const count = more >= 1_000 ? '1000 or more' : more
  const rest =
    older !== null && more > 0 ? `${count} more: …/${view.page.split('?')[0]}${view.link(older)}\n` : ''
  return `${entryColumns(entries, view)}${isComplete ? '' : `${OUTAGES_LEFT_OUT}\n`}${rest}`
}

function entryColumns(entries: readonly HistoryEntry[], { time }: View): string {
  return columns(
    entries.map(entry =>
      entry.kind === 'outage'
        ? [
            entry.device,
            'outage',
            '-',
            time.iso(entry.from),
            entry.to === null ? '-' : time.iso(entry.to),
            entry.to === null ? 'ongoing' : '',
          ]
        : [
            entry.device,
            familyName(entry.family),
            entry.address,
            time.iso(entry.firstSeen),
            time.iso(entry.lastSeen),
            [entry.open && 'current', unsignedNote(entry) !== null && 'not-signed'].filter(Boolean).join(','),
          ],
    ),
  )
}

export function problemText({ title, detail, advice }: Problem): string {
  return `${title}.${detail === undefined ? '' : ` ${printableInLine(detail)}`}\n${advice}\n`
}

/** Cells hold no space, so `awk '{print $3}'` finds every column despite the padding. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  }
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')
  return rows.map(row => `${printableInLine(line(row).trimEnd())}\n`).join('')
}
