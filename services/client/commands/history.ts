import type { DeviceName, Secret } from '@ipupdater/protocol'
import { familyName } from '@ipupdater/protocol'
import { readSettings } from '@ipupdater/runtime'
import { ClientError } from '../client-error.ts'
import { connect } from '../http.ts'
import { prove } from '../prove.ts'
import { viewSettings } from '../view-settings.ts'
import type { Shown, ShownEntry } from '../viewer.ts'
import { fetchHistory } from '../viewer.ts'
import type { ExitCode, World } from '../world.ts'

export interface HistoryFlags {
  json: boolean
  limit: number
  from: string | undefined
  to: string | undefined
}

/** Prints what addresses a device has had, newest first, and which of them it has signed. */
export async function history({ json, ...wanted }: HistoryFlags, world: World): Promise<ExitCode> {
  const { viewer, device, secret } = readSettings(world.env, viewSettings)
  using connection = connect()
  for await (const entry of fetchHistory(connection, viewer, { device, ...wanted })) {
    const isVerified = entry.kind === 'tenure' && isProven(entry, device, secret)
    world.print(json ? jsonLine(entry, isVerified) : textLine(entry, isVerified))
  }
  return 0
}

/** The proof is the last report of the tenure: when it began, and the outages, are the server's word. */
function isProven(shown: Shown, device: DeviceName, secret: Secret): boolean {
  try {
    prove(shown, device, secret)
    return true
  } catch (error) {
    if (error instanceof ClientError) return false
    throw error
  }
}

function jsonLine(entry: ShownEntry, isVerified: boolean): string {
  if (entry.kind === 'outage') return JSON.stringify(entry)
  const { proof: _proof, ...rest } = entry
  return JSON.stringify({ ...rest, verified: isVerified })
}

function textLine(entry: ShownEntry, isVerified: boolean): string {
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
