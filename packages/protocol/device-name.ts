import { ProtocolError, quote } from './protocol-error.ts'

export type DeviceName = string & { readonly brand: 'DeviceName' }

/**
 * 1–63 of a–z, 0–9 and "-", not "-" first: a name needs no escaping in a URL, a log line or a page, and
 * never looks like a flag in a shell or a formula in a spreadsheet.
 */
export function parseDeviceName(text: string): DeviceName {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(text)) {
    throw new ProtocolError(
      'malformed',
      `${quote(text)} is not a device name: 1 to 63 of a-z, 0-9 and "-", and no "-" in front`,
    )
  }
  return text as DeviceName
}
