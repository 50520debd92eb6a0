import { familyName } from '@ipupdater/protocol'
import { durationText } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { VIEWER } from '../errors.ts'
import { connect } from '../http.ts'
import { acceptedAddresses } from '../read/accepted-addresses.ts'
import { preferredAddress } from '../read/preferred-address.ts'
import { fetchAddresses } from '../read/viewer.ts'
import { readViewSettings } from '../settings/view-settings.ts'

export interface GetFlags {
  unsigned: boolean
}

/**
 * Prints the address of a device if the device itself has signed it, recently: neither viewer nor path nor database
 * need to be trusted. Throws a ClientError otherwise.
 */
export async function get({ unsigned }: GetFlags, context: Context): Promise<ExitCode> {
  const settings = readViewSettings(context, { needsSecret: !unsigned })
  using connection = connect({ service: VIEWER, isInContainer: context.isInContainer })
  const { addresses, leftOut } = acceptedAddresses(
    await fetchAddresses(connection, settings.viewer, settings.device),
    { ...settings, allowUnsigned: unsigned, now: context.now() },
  )
  for (const { message } of leftOut) context.stderr(`Left out: ${message}`)
  const { device, family, address, timestamp, isSigned } = preferredAddress(addresses)
  const ageMs = context.now() - timestamp
  const line = { device, family, address, lastSeen: timestamp, ageMs, signed: isSigned }
  context.stdout(context.json ? JSON.stringify(line) : address)
  const age = `${device} reported this ${familyName(family)} address ${durationText(Math.max(0, ageMs))} ago`
  context.stderr(isSigned ? `${age}; its signature is valid.` : `${age}. It is not signed.`)
  if (ageMs < -CLOCK_DIFFERENCE_MS) {
    context.stderr(`The clock of this machine is ${durationText(-ageMs)} behind the server's; set it by NTP.`)
  }
  return 0
}

const CLOCK_DIFFERENCE_MS = 60_000
