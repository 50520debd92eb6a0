import type { Setting } from '@ipupdater/runtime'
import { parsed } from '@ipupdater/runtime'
import type { EventType } from '../event.ts'
import { eventTypes } from '../event.ts'

/** A URL that is a secret by its path, its query or its user. Only its origin is ever shown. */
export function secretUrl(about: {
  name: string
  description: string
  expected: string
  example: string
  /** Throws for a URL that will not do. */
  check?: (url: URL) => unknown
}): Setting<URL | null> {
  return parsed<URL, null>({
    ...about,
    secret: true,
    default: null,
    read: text => {
      const url = new URL(text)
      if (!/^https?:$/.test(url.protocol) || url.hash !== '') throw new RangeError('not an http URL')
      about.check?.(url)
      return url
    },
    show: url => `${url.origin}/…`,
  })
}

/** `name@example.org` or `Name <name@example.org>`; several are separated by commas. */
export function mailAddress(name: string, description: string): Setting<string | null> {
  return parsed<string, null>({
    name,
    description,
    expected: 'an e-mail address',
    example: 'me@example.org',
    default: null,
    read: text => {
      if (!text.split(',').every(one => MAILBOX.test(one.trim()))) throw new RangeError('not an address')
      return text
    },
  })
}

const ADDRESS = '[^\\s@<>]+@[\\w.-]+'
const MAILBOX = new RegExp(`^(?:${ADDRESS}|[^@<>]*<${ADDRESS}>)$`)

/** A token for `Authorization`. @throws RangeError */
export function readToken(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new RangeError('not a token')
  return text
}

export function readEventType(text: string): EventType {
  const found = eventTypes.find(type => type === text)
  if (found === undefined) throw new RangeError('not an event')
  return found
}
