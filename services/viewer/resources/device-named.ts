import type { DeviceName } from '@ipupdater/protocol'
import { ProtocolError, parseDeviceName, quote } from '@ipupdater/protocol'

/** The device in a path. A text that is no device name names no known device either. */
export function deviceNamed(text: string | undefined): DeviceName {
  try {
    return parseDeviceName(text ?? '')
  } catch (cause) {
    throw new ProtocolError('unknown-device', `${quote(text ?? '')} is not a device name.`, { cause })
  }
}

export function unknownDevice(name: DeviceName): ProtocolError {
  return new ProtocolError('unknown-device', `There is no device "${name}".`)
}
