import type { DeviceName, Family } from '@ipupdater/protocol'
import { familyName, ProtocolError, parseDeviceName, quote } from '@ipupdater/protocol'
import type { CurrentAddress, Reader } from '@ipupdater/storage'

/** The device in a path. A text that is no device name names no known device either. */
export function deviceNamed(text: string | undefined): DeviceName {
  try {
    return parseDeviceName(text ?? '')
  } catch (cause) {
    throw new ProtocolError('unknown-device', `${quote(text ?? '')} is not a device name.`, { cause })
  }
}

export function unknownDevice(name: DeviceName): ProtocolError {
  return new ProtocolError('unknown-device', `No device "${name}" has reported.`)
}

/** Its current addresses, IPv4 first. @throws ProtocolError `unknown-device`, `no-address` */
export async function addressesOf(
  reader: Reader,
  name: DeviceName,
  family?: Family,
): Promise<readonly [CurrentAddress, ...CurrentAddress[]]> {
  const current = await reader.currentOf(name, family)
  if (current === null) throw unknownDevice(name)
  const [first, ...others] = current
  if (first !== undefined) return [first, ...others]
  const what = family === undefined ? 'address' : `${familyName(family)} address`
  throw new ProtocolError('no-address', `Device "${name}" has reported no ${what}.`)
}
