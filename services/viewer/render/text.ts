import type { Problem } from '@ipupdater/protocol'
import { familyName } from '@ipupdater/protocol'
import type { CurrentAddress, HistoryEntry } from '@ipupdater/storage'
import { statesOf } from './state.ts'
import type { View } from './view.ts'

/**
 * The address, a newline, and nothing else, for `ssh me@$(curl …)`. One line, also where a device has both
 * families: then IPv4, which is reachable from everywhere; `?family=6` asks for the other.
 */
export function bareAddress([first]: readonly [CurrentAddress, ...CurrentAddress[]]): string {
  return `${first.address}\n`
}

/** Device, family, address, last seen; "late" and "contested" after these, so that columns keep their numbers. */
export function addressesText(addresses: readonly CurrentAddress[], { now, time }: View): string {
  return columns(
    addresses.map(current => [
      current.device,
      familyName(current.family),
      current.address,
      time.iso(current.lastSeen),
      statesOf(current, now).join(','),
    ]),
  )
}

/** Device, family or "outage", address, from, to; "current" or "ongoing" after these. "-" stands for nothing. */
export function historyText(entries: readonly HistoryEntry[], { time }: View): string {
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
            entry.open ? 'current' : '',
          ],
    ),
  )
}

export function problemText({ title, detail, advice }: Problem): string {
  return `${detail === undefined ? title : `${title}: ${detail}`}\n${advice}\n`
}

/** Cells never hold a space, so padding them keeps every column where `awk '{print $3}'` finds it. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  }
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')
  return rows.map(row => `${line(row).trimEnd()}\n`).join('')
}
