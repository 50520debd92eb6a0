import type { DeviceName, Secret } from '@ipupdater/protocol'
import { familyName } from '@ipupdater/protocol'
import { readSettings } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { ClientError } from '../errors.ts'
import { connect } from '../http.ts'
import { verifyEntry } from '../read/verify-entry.ts'
import type { AddressEntry, HistoryEntry } from '../read/viewer.ts'
import { fetchHistory } from '../read/viewer.ts'
import { viewSettings } from '../settings/read-settings.ts'

export interface HistoryFlags {
  json: boolean
  limit: number
  from: string | undefined
  to: string | undefined
}

/** Prints what addresses a device has had, newest first, and which of them it has signed. */
export async function history({ json, ...wanted }: HistoryFlags, context: Context): Promise<ExitCode> {
  const { viewer, device, secret } = readSettings(context.env, viewSettings)
  using connection = connect()
  for await (const entry of fetchHistory(connection, viewer, { device, ...wanted })) {
    const isVerified = entry.kind === 'tenure' && isProven(entry, device, secret)
    context.stdout(json ? jsonLine(entry, isVerified) : textLine(entry, isVerified))
  }
  return 0
}

/** The proof is the last report of the tenure: when it began, and the outages, are the server's word. */
function isProven(shown: AddressEntry, device: DeviceName, secret: Secret): boolean {
  try {
    verifyEntry(shown, device, secret)
    return true
  } catch (error) {
    if (error instanceof ClientError) return false
    throw error
  }
}

function jsonLine(entry: HistoryEntry, isVerified: boolean): string {
  if (entry.kind === 'outage') return JSON.stringify(entry)
  const { proof: _proof, ...rest } = entry
  return JSON.stringify({ ...rest, verified: isVerified })
}

function textLine(entry: HistoryEntry, isVerified: boolean): string {
  if (entry.kind === 'outage') {
    return `${minute(entry.from)}  ${entry.to === null ? ''.padEnd(16) : minute(entry.to)}  no reports`
  }
  const { firstSeen, lastSeen, family, address } = entry
  const mark = isVerified ? 'verified' : 'NOT VERIFIED'
  return `${minute(firstSeen)}  ${minute(lastSeen)}  ${familyName(family)}  ${address}  ${mark}`
}

/** `2026-11-22 14:03` in the time zone of TZ: Swedes write dates as the ISO does. */
function minute(time: number): string {
  return new Date(time).toLocaleString('sv-SE').slice(0, 16)
}
