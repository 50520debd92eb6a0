import { resolve } from 'node:path'
import type { Network } from './network.ts'
import { formatNetwork, parseNetwork } from './network.ts'
import type { About, Setting } from './setting.ts'
import { accept, PartFault, parsed } from './setting.ts'

export function text<D = never>(about: About<D>): Setting<string | D> {
  return parsed({ ...about, wanted: 'a text', read: value => value })
}

/** A secret comes as NAME or NAME_FILE; `read` narrows it, and must not put the text into its errors. */
export function secret<T = string, D = never>(
  about: About<D> & { wanted: string; read: (text: string) => T },
): Setting<T | D> {
  return parsed({ ...about, secret: true, show: () => '(redacted)' })
}

export function integer<D = never>(about: About<D> & { min: number; max: number }): Setting<number | D> {
  const { min, max } = about
  return parsed({
    ...about,
    wanted: `a whole number from ${min} to ${max}`,
    read: value => accept(/^-?\d{1,15}$/.test(value) && +value >= min && +value <= max, +value),
  })
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
export type DurationUnit = keyof typeof unitMs

/** A bare number counts in `unit`, as does the value; "90s", "5m", "12h" and "30d" may be written too. */
export function duration<D = never>(
  about: About<D> & { unit: DurationUnit; min: number; max: number },
): Setting<number | D> {
  const { unit, min, max } = about
  return parsed({
    ...about,
    wanted: `a time from ${min}${unit} to ${max}${unit}, such as "${min}${unit}" or "${min}" (s, m, h and d are known)`,
    read: value => {
      const [, digits = '', given = unit] = /^(\d{1,12})(ms|s|m|h|d)?$/.exec(value) ?? []
      const inUnit = (Number(digits) * unitMs[given as DurationUnit]) / unitMs[unit]
      return accept(digits !== '' && Number.isInteger(inUnit) && inUnit >= min && inUnit <= max, inUnit)
    },
  })
}

export function flag<D = never>(about: About<D>): Setting<boolean | D> {
  return parsed({
    ...about,
    wanted: 'true or false',
    read: value => accept(/^(true|false)$/i.test(value), value.toLowerCase() === 'true'),
  })
}

export function oneOf<const T extends string, D = never>(
  about: About<D> & { values: readonly T[] },
): Setting<T | D> {
  const { values } = about
  return parsed({
    ...about,
    wanted: `one of ${values.join(', ')}`,
    read: value => accept(values.includes(value as T), value as T),
  })
}

/** Elements separated by commas; spaces around them do not count. */
export function list<T, D = never>(
  about: About<D> & { of: Pick<Setting<T>, 'wanted' | 'read' | 'show'> },
): Setting<readonly T[] | D> {
  const { of } = about
  return parsed({
    ...about,
    wanted: `${of.wanted} (several: separated by commas)`,
    read: value => value.split(',').map(element => readElement(element.trim(), of.read)),
    show: (values: readonly T[]) => values.map(of.show).join(','),
  })
}

function readElement<T>(element: string, read: (text: string) => T): T {
  try {
    return read(element)
  } catch (cause) {
    throw new PartFault(element, { cause })
  }
}

export function cidrList<D = never>(about: About<D>): Setting<readonly Network[] | D> {
  return list({
    ...about,
    of: {
      wanted: 'an address or a network such as "203.0.113.7", "10.0.0.0/8" or "fd00::/8"',
      read: parseNetwork,
      show: formatNetwork,
    },
  })
}

/** The base of a service; nothing secret or changing belongs in it. */
export function url<D = never>(about: About<D>): Setting<URL | D> {
  return parsed({
    ...about,
    wanted:
      'an http:// or https:// address without user, query or fragment, such as "http://ddns.example.org:8080"',
    read: value => {
      const address = new URL(value)
      const isBase = !address.username && !address.password && !address.search && !address.hash
      return accept(/^https?:$/.test(address.protocol) && isBase, address)
    },
    show: (address: URL) => address.href,
  })
}

/** A file or directory; relative ones count from the directory the program is started in. */
export function path<D = never>(about: About<D>): Setting<string | D> {
  return parsed({
    ...about,
    wanted: 'a path',
    read: value => accept(!value.includes('\0'), resolve(value)),
  })
}

export function timeZone<D = never>(about: About<D>): Setting<string | D> {
  return parsed({
    ...about,
    wanted: 'a time zone such as "Europe/Berlin" or "UTC"',
    read: value => {
      new Intl.DateTimeFormat('en', { timeZone: value }) // throws for a zone it does not know
      return value
    },
  })
}
