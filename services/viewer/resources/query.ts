import type { ParsedUrlQuery } from 'node:querystring'
import { ProtocolError, quote } from '@ipupdater/protocol'

/** One parameter. `read` throws for a value that it does not accept. */
export interface Parameter<T> {
  /** Completes the sentence `NAME="…" is not`. */
  readonly expected: string
  read(text: string): T
}

/**
 * The parameters of a request, by name; absent ones are undefined. An unknown parameter is refused, not ignored:
 * someone who writes `form=` instead of `from=` would take all of history for the answer.
 *
 * @throws ProtocolError `bad-query`
 */
export function parseQuery<T>(
  query: ParsedUrlQuery,
  known: { readonly [K in keyof T]: Parameter<T[K]> },
): { readonly [K in keyof T]?: T[K] } {
  const parsed: { [K in keyof T]?: T[K] } = {}
  for (const [name, value] of Object.entries(query)) {
    if (name === 'format') continue // chooses the format, not the content
    if (value === '') continue // an empty field of a form
    if (!Object.hasOwn(known, name)) {
      throw new ProtocolError('bad-query', `Unknown parameter ${quote(name)}. ${knownNames(known)}`)
    }
    const key = name as keyof T
    parsed[key] = parseValue(name, value, known[key])
  }
  return parsed
}

function parseValue<T>(
  name: string,
  value: string | string[] | undefined,
  { expected, read }: Parameter<T>,
): T {
  try {
    if (typeof value === 'string') return read(value)
  } catch (cause) {
    if (cause instanceof ProtocolError && cause.code === 'bad-query') throw cause
    throw new ProtocolError('bad-query', `${name}=${quote(String(value))} is not ${expected}.`, { cause })
  }
  throw new ProtocolError('bad-query', `${name} is given more than once.`)
}

function knownNames(known: object): string {
  return `Use: ${[...Object.keys(known), 'format'].join(', ')}.`
}
