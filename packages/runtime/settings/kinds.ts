import type { Network } from './network.ts'
import { formatNetwork, parseNetwork } from './network.ts'
import type { About, Setting } from './setting.ts'
import { accept, parsed, ReadError } from './setting.ts'

export function text<D = never>(about: About<D>): Setting<string | D> {
  return parsed({ ...about, expected: 'a text', read: value => value })
}

export function integer<D = never>(about: About<D> & { min: number; max: number }): Setting<number | D> {
  const { min, max } = about
  return parsed({
    ...about,
    expected: `a whole number from ${min} to ${max}`,
    read: value => accept(/^-?\d{1,15}$/.test(value) && +value >= min && +value <= max, +value),
  })
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
export type DurationUnit = keyof typeof unitMs

/** The value counts in `unit`, and so does a bare number. "90s", "5m", "12h" and "30d" are accepted too. */
export function duration<D = never>(
  about: About<D> & { unit: DurationUnit; min: number; max: number },
): Setting<number | D> {
  const { unit, min, max } = about
  return parsed({
    ...about,
    expected: `a duration from ${durationSpelling(min, unit)} to ${durationSpelling(max, unit)}`,
    example: unit === 'd' ? '30d' : '90s, 5m or 12h',
    read: value => {
      const [, digits = '', given = unit] = /^(\d{1,12})(ms|s|m|h|d)?$/.exec(value) ?? []
      const inUnit = (Number(digits) * unitMs[given as DurationUnit]) / unitMs[unit]
      return accept(digits !== '' && Number.isInteger(inUnit) && inUnit >= min && inUnit <= max, inUnit)
    },
  })
}

/** 2678400 s → `31d`: in the largest unit that gives a whole number. */
function durationSpelling(count: number, unit: DurationUnit): string {
  const ms = count * unitMs[unit]
  const larger = (['d', 'h', 'm', 's'] as const).find(each => ms > 0 && ms % unitMs[each] === 0)
  return larger === undefined ? `${count}${unit}` : `${ms / unitMs[larger]}${larger}`
}

export function flag<D = never>(about: About<D>): Setting<boolean | D> {
  return parsed({
    ...about,
    expected: 'true or false',
    read: value => accept(/^(true|false)$/i.test(value), value.toLowerCase() === 'true'),
  })
}

export function oneOf<const T extends string, D = never>(
  about: About<D> & { values: readonly T[] },
): Setting<T | D> {
  const { values } = about
  return parsed({
    ...about,
    expected: `one of ${values.join(', ')}`,
    read: value => accept(values.includes(value as T), value as T),
  })
}

type ElementKind<T> = Pick<Setting<T>, 'expected' | 'example' | 'read' | 'show'>

/** Elements separated by commas; spaces around them are ignored. */
export function list<T, D = never>(about: About<D> & { of: ElementKind<T> }): Setting<readonly T[] | D> {
  const { of } = about
  return parsed({
    ...about,
    expected: of.expected,
    ...(of.example === undefined ? {} : { example: of.example }),
    read: value => value.split(',').map(element => readElement(element.trim(), of)),
    show: (values: readonly T[]) => values.map(of.show).join(','),
  })
}

function readElement<T>(element: string, of: ElementKind<T>): T {
  try {
    return of.read(element)
  } catch (cause) {
    const example = of.example === undefined ? '' : ` Example: ${of.example}`
    const reason = cause instanceof ReadError ? cause.message : `is not ${of.expected}.${example}`
    throw new ReadError(reason, { element, cause })
  }
}

export function cidrList<D = never>(about: About<D>): Setting<readonly Network[] | D> {
  return list({
    ...about,
    of: {
      expected: 'an address or network',
      example: '203.0.113.7,10.0.0.0/8,fd00::/8',
      read: parseNetwork,
      show: formatNetwork,
    },
  })
}

/** The base URL of a service; nothing secret or changing belongs in it. */
export function url<D = never>(about: About<D> & { example?: string }): Setting<URL | D> {
  return parsed({
    example: 'http://ddns.example.org:8080',
    ...about,
    expected: 'an http:// or https:// URL without user name, query or fragment',
    read: value => {
      const address = new URL(value)
      const isBase = !address.username && !address.password && !address.search && !address.hash
      return accept(/^https?:$/.test(address.protocol) && isBase, address)
    },
    show: (address: URL) => address.href,
  })
}
