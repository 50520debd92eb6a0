import type { Address, DeviceName } from '@ipupdater/protocol'
import { ProtocolError, parseAddress, parseDeviceName } from '@ipupdater/protocol'
import type { CurrentAddress, HistoryEntry, OutageEntry, Reader, TenureEntry } from '@ipupdater/storage'

/**
 * A reader that parses every name and address that it gets from the database, because a text that pretends to be
 * an address ends up in someone's command line (`ssh "me@$(curl …)"`), and checks every time, because one that no
 * calendar has cannot be written. A value that is not valid is not shown.
 *
 * Its calls also throw ProtocolError `storage-unavailable`.
 */
export function checkedReader(reader: Reader): Reader {
  return {
    ...reader,
    async currentOf(device, family) {
      const addresses = await reader.currentOf(device, family)
      return addresses?.map(checkedAddress) ?? null
    },
    async current(page) {
      const { addresses, next } = await reader.current(page)
      return { addresses: addresses.map(checkedAddress), next }
    },
    async stateAt(device, at) {
      const state = await reader.stateAt(device, at)
      return state === null ? null : { ...state, tenures: state.tenures.map(checkedTenure) }
    },
    async outagesInProgress() {
      const outages = await reader.outagesInProgress()
      return outages?.map(checkedOutage) ?? null
    },
    async history(query) {
      const page = await reader.history(query)
      return page === null ? null : { ...page, entries: page.entries.map(checkedEntry) }
    },
  }
}

function checkedAddress(current: CurrentAddress): CurrentAddress {
  const device = checkedName(current.device)
  const { firstSeen, lastSeen, reportedAt, dueAt, lateAfter, flippedAt } = current
  checkTimes(device, firstSeen, lastSeen, reportedAt, dueAt, lateAfter, flippedAt)
  return { ...current, device, address: checked(current.address, device) }
}

function checkedEntry(entry: HistoryEntry): HistoryEntry {
  return entry.kind === 'outage' ? checkedOutage(entry) : checkedTenure(entry)
}

function checkedOutage(outage: OutageEntry): OutageEntry {
  const device = checkedName(outage.device)
  checkTimes(device, outage.from, outage.to)
  return { ...outage, device }
}

function checkedTenure(entry: TenureEntry): TenureEntry {
  const device = checkedName(entry.device)
  checkTimes(device, entry.firstSeen, entry.lastSeen)
  return { ...entry, device, address: checked(entry.address, device) }
}

/** RFC 3339 has the years 0 to 9999; no device reported before 1970. */
const LATEST = Date.UTC(10_000, 0) - 1

function checkTimes(device: DeviceName, ...times: (number | null)[]): void {
  if (times.every(time => time === null || (Number.isInteger(time) && time >= 0 && time <= LATEST))) return
  throw damaged(`The database holds an invalid time for device "${device}".`)
}

function checkedName(text: string): DeviceName {
  try {
    return parseDeviceName(text)
  } catch (cause) {
    throw damaged('The database holds an invalid device name.', cause)
  }
}

function checked(text: string, device: DeviceName): Address {
  try {
    return parseAddress(text)
  } catch (cause) {
    throw damaged(`The database holds an invalid address for device "${device}".`, cause)
  }
}

function damaged(detail: string, cause?: unknown): ProtocolError {
  return new ProtocolError('storage-unavailable', detail, { cause })
}
