import type { DeviceName, Secret } from '@ipupdater/protocol'
import { familyName } from '@ipupdater/protocol'
import type { Context, ExitCode } from '../context.ts'
import { ClientError, UsageError, VIEWER } from '../errors.ts'
import { connect } from '../http.ts'
import { verifyEntry } from '../read/verify-entry.ts'
import type { AddressEntry, HistoryEntry } from '../read/viewer.ts'
import { fetchHistory } from '../read/viewer.ts'
import { readViewSettings } from '../settings/view-settings.ts'

/** Prints the addresses that a device has had, newest first, and which of them it has signed. */
export async function history(
  switches: Readonly<Record<string, string | true | undefined>>,
  context: Context,
): Promise<ExitCode> {
  const { viewer, device, secrets } = readViewSettings(context)
  const query = {
    device,
    limit: limitOf(switches.limit),
    from: textOf(switches.from),
    to: textOf(switches.to),
  }
  using connection = connect({ service: VIEWER, isInContainer: context.isInContainer })
  for await (const entry of fetchHistory(connection, viewer, query)) {
    const isVerified = entry.kind === 'tenure' && isValid(entry, device, secrets)
    context.stdout(context.json ? jsonLine(entry, isVerified) : textLine(entry, isVerified))
  }
  return 0
}

function limitOf(text: string | true = '50'): number {
  if (!/^[1-9]\d{0,5}$/.test(String(text))) {
    throw new UsageError(`--limit "${text}" is not a whole number from 1 to 999999.`)
  }
  return Number(text)
}

function textOf(value: string | true | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The proof is the last report of the tenure. When the tenure began, and outages, are the server's word alone. */
function isValid(entry: AddressEntry, device: DeviceName, secrets: readonly Secret[]): boolean {
  try {
    verifyEntry(entry, { device, secrets })
    return true
  } catch (error) {
    if (error instanceof ClientError) return false
    throw error
  }
}

function jsonLine(entry: HistoryEntry, isVerified: boolean): string {
  if (entry.kind === 'outage') return JSON.stringify(entry)
  const { proof: _proof, isSigned: signed, ...rest } = entry
  return JSON.stringify({ ...rest, signed, verified: isVerified })
}

function textLine(entry: HistoryEntry, isVerified: boolean): string {
  if (entry.kind === 'outage') {
    return `${minute(entry.from)}  ${entry.to === null ? ''.padEnd(16) : minute(entry.to)}  no reports`
  }
  const { firstSeen, lastSeen, family, address, isSigned } = entry
  const mark = isVerified ? 'verified' : isSigned ? 'NOT VERIFIED' : 'NOT SIGNED'
  return `${minute(firstSeen)}  ${minute(lastSeen)}  ${familyName(family)}  ${address}  ${mark}`
}

/** `2026-11-22 14:03` in the time zone of TZ: the Swedish form is that of ISO 8601. */
function minute(time: number): string {
  return new Date(time).toLocaleString('sv-SE').slice(0, 16)
}
