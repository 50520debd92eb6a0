import { ProtocolError } from './protocol-error.ts'

/** Header fields by lower-case name, as node:http hands them over (lines of one name joined by ", "). */
export type FieldLines = Readonly<Record<string, string | readonly string[] | undefined>>

/** The combined value of a field (RFC 9110 §5.3), or undefined where there is none. */
export function findField(headers: FieldLines, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'object' ? value.join(', ') : value
}

export function requireField(headers: FieldLines, name: string): string {
  const value = findField(headers, name)
  if (value === undefined) throw new ProtocolError('malformed', `the field ${name} is missing`)
  return value
}
