import type { DeviceName } from '@ipupdater/protocol'
import { ProtocolError, parseDeviceName, quote } from '@ipupdater/protocol'

/** The device in a path. What no device can be called is as unknown as what none happens to be called. */
export function deviceNamed(text: string | undefined): DeviceName {
  try {
    return parseDeviceName(text ?? '')
  } catch (cause) {
    throw new ProtocolError('unknown-device', `no device can be called ${quote(text ?? '')}`, { cause })
  }
}

export function unknownDevice(name: DeviceName): ProtocolError {
  return new ProtocolError('unknown-device', `it was asked for ${name}`)
}
