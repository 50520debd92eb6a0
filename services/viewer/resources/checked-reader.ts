import type { Address, DeviceName } from '@ipupdater/protocol'
import { ProtocolError, parseAddress, parseDeviceName } from '@ipupdater/protocol'
import type { CurrentAddress, HistoryEntry, Reader, TenureEntry } from '@ipupdater/storage'

/**
 * A reader that parses every name and address that it gets from the database, because a text that pretends to be
 * an address ends up in someone's command line (`ssh "me@$(curl …)"`). A text that does not parse is not shown.
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
      return outages?.map(outage => ({ ...outage, device: checkedName(outage.device) })) ?? null
    },
    async history(query) {
      const page = await reader.history(query)
      return page === null ? null : { ...page, entries: page.entries.map(checkedEntry) }
    },
  }
}

function checkedAddress(current: CurrentAddress): CurrentAddress {
  const device = checkedName(current.device)
  return { ...current, device, address: checked(current.address, device) }
}

function checkedEntry(entry: HistoryEntry): HistoryEntry {
  return entry.kind === 'outage' ? { ...entry, device: checkedName(entry.device) } : checkedTenure(entry)
}

function checkedTenure(entry: TenureEntry): TenureEntry {
  const device = checkedName(entry.device)
  return { ...entry, device, address: checked(entry.address, device) }
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

function damaged(detail: string, cause: unknown): ProtocolError {
  return new ProtocolError('storage-unavailable', detail, { cause })
}
