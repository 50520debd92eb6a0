import type { DeviceName, ProvenUpdate, Secret } from '@ipupdater/protocol'
import { familyName } from '@ipupdater/protocol'
import { durationText, readSettings } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { ClientError } from '../errors.ts'
import { connect } from '../http.ts'
import { verifyEntry } from '../read/verify-entry.ts'
import type { AddressEntry } from '../read/viewer.ts'
import { fetchAddresses } from '../read/viewer.ts'
import { clockWarning } from '../report/clock.ts'
import { viewSettings } from '../settings/read-settings.ts'

/**
 * Prints the address of a device, if the device itself has signed it: neither viewer nor path nor database
 * need be trusted. Throws a ClientError otherwise.
 */
export async function get({ json }: { json: boolean }, context: Context): Promise<ExitCode> {
  const { viewer, device, secret, family, maxAgeSeconds } = readSettings(context.env, viewSettings)
  using connection = connect()
  const shown = await fetchAddresses(connection, viewer, device)
  const wanted = shown.filter(each => family === 'auto' || each.family === Number(family))
  if (wanted.length === 0) throw new ClientError('no-address')
  const { proven, doubts } = proveEach(wanted, device, secret)
  for (const doubt of doubts) {
    // After a rotation, a family that is gone still has its last proof by the old secret.
    if (proven.length === 0) throw doubt
    context.stderr(`Left out: ${doubt.message}`)
  }
  const { address, timestamp, ...rest } = preferred(proven)
  const ageMs = context.now() - timestamp
  if (maxAgeSeconds !== null && ageMs > maxAgeSeconds * 1000) {
    throw new ClientError('too-old', { detail: `${address} was reported ${durationText(ageMs)} ago` })
  }
  context.stdout(
    json ? JSON.stringify({ device, family: rest.family, address, lastSeen: timestamp, ageMs }) : address,
  )
  context.stderr(
    `${device} reported this ${familyName(rest.family)} address ${durationText(Math.max(0, ageMs))} ago; its signature holds.`,
  )
  const warning = clockWarning(Math.min(ageMs, 0))
  if (warning !== null) context.stderr(`${warning}.`)
  return 0
}

function proveEach(wanted: readonly AddressEntry[], device: DeviceName, secret: Secret) {
  const proven: ProvenUpdate[] = []
  const doubts: ClientError[] = []
  for (const each of wanted) {
    try {
      proven.push(verifyEntry(each, device, secret))
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      doubts.push(error)
    }
  }
  return { proven, doubts }
}

/** The latest; IPv4 where both families are as good as equally late. */
function preferred(proven: readonly ProvenUpdate[]): ProvenUpdate {
  const latest = proven.reduce((a, b) => (b.timestamp > a.timestamp ? b : a))
  const sinceMs = latest.timestamp - (latest.interval ?? 300) * 1000
  return proven.find(({ family, timestamp }) => family === 4 && timestamp > sinceMs) ?? latest
}
