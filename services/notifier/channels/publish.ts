import type { Address, DeviceName, Family } from '@ipupdater/protocol'
import type { Channel } from './channel.ts'
import type { ReadBody, Send } from './http.ts'

export interface PublishOptions {
  readonly device: DeviceName
  readonly url: UrlTemplate
  /** The value of `Authorization`. */
  readonly authorization: string | null
  /** The current addresses: an older address must never follow a newer one. */
  readonly addressesOf: (device: DeviceName) => Promise<readonly PublishedAddress[]>
  readonly send: Send
}

export interface PublishedAddress {
  readonly family: Family
  readonly address: Address
  /** The address is contested until this time (ms since the epoch); null: it is not. */
  readonly contestedUntil: number | null
}

/** Calls a URL with the present addresses of one device, for a DNS provider and the like. */
export function publish({ device, url, authorization, addressesOf, send }: PublishOptions): Channel {
  return {
    name: `publish-${device}`,
    kind: 'publish',
    accepts: event =>
      event.type === 'address.changed' &&
      event.device === device &&
      event.changes.some(({ family }) => url.families.includes(family)),
    async send(_event, signal) {
      const current = (await addressesOf(device)).filter(({ family }) => url.families.includes(family))
      // The device was deleted since, see `device forget`.
      if (current.length === 0) return { kind: 'obsolete', reason: noAddress(device) }
      const uncontested = current.filter(({ contestedUntil }) => contestedUntil === null)
      const until = Math.max(0, ...current.map(({ contestedUntil }) => contestedUntil ?? 0))
      const target = url.fill(Object.fromEntries(uncontested.map(({ family, address }) => [family, address])))
      if (target === null && until > 0)
        return { kind: 'postponed', until, reason: 'the address is contested' }
      if (target === null) return { kind: 'failed', reason: noAddress(device) }
      const headers = authorization === null ? {} : { authorization }
      const outcome = await send({ method: 'GET', url: target, headers }, signal, refusalIn)
      return outcome.kind === 'delivered' && until > 0 ? { ...outcome, againAt: until } : outcome
    },
  }
}

function noAddress(device: DeviceName): string {
  return `${device} has no address that this URL takes`
}

/** A URL with places for addresses. */
export interface UrlTemplate {
  /** Those that it has a place for. */
  readonly families: readonly Family[]
  readonly origin: string
  /** Null: none of the addresses is given. Many providers would take the sender's own address then. */
  fill(addresses: Addresses): URL | null
}

type Addresses = { readonly [family in Family]?: Address }

/**
 * A URL with `{ipv4}` or `{ipv6}`. A parameter of the query whose address is missing is left out, unless the template
 * says what to send instead, such as `{ipv6|preserve}`; so is an element of a list with commas. An address in the path
 * has to be there. @throws RangeError
 */
export function parseUrlTemplate(text: string): UrlTemplate {
  const [, base = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(text) ?? []
  const { protocol, origin } = new URL(text.replaceAll(PLACEHOLDER, '0'))
  const isHttp = /^https?:$/.test(protocol)
  const families = ([4, 6] as const).filter(family =>
    [...text.matchAll(PLACEHOLDER)].some(([, given]) => Number(given) === family),
  )
  const isInHost = /[{}]/.test(base.split('/')[2] ?? '')
  if (!isHttp || isInHost || families.length === 0 || /[{}#]/.test(text.replaceAll(PLACEHOLDER, ''))) {
    throw new RangeError('not a template of a URL')
  }
  return {
    families,
    origin,
    fill(addresses) {
      const path = fillPart(base, addresses)
      const parameters = query.split('&').flatMap(parameter => fillParameter(parameter, addresses) ?? [])
      if (path === null) return null
      const filled = `${path}?${parameters.join('&')}`.replace(/\?$/, '')
      return families.some(family => filled.includes(addresses[family] ?? '{')) ? new URL(filled) : null
    },
  }
}

/** Null: its address is missing. In a list with commas, only the missing address is left out. */
function fillParameter(parameter: string, addresses: Addresses): string | null {
  const [, name = '', value = ''] = /^([^=]*=?)(.*)$/s.exec(parameter) ?? []
  const parts = value.split(',').flatMap(part => fillPart(part, addresses) ?? [])
  return parts.length === 0 ? null : `${name}${parts.join()}`
}

const PLACEHOLDER = /\{ipv([46])(?:\|([\w.:-]*))?\}/g

/** Null: an address is missing, and the template does not say what to send instead. */
function fillPart(text: string, addresses: Addresses): string | null {
  let isMissing = false
  const filled = text.replaceAll(PLACEHOLDER, (_, family: string, otherwise?: string) => {
    const value = addresses[Number(family) as Family] ?? otherwise
    if (value === undefined) isMissing = true
    return value ?? ''
  })
  return isMissing ? null : filled
}

/** dyndns2 and DuckDNS say in the body of a 200 that they refuse. */
const refusalIn: ReadBody = body => {
  const [word = ''] = body.trim().split(/\s/, 1)
  return REFUSALS.includes(word.toLowerCase()) ? word : null
}

const REFUSALS = [
  'ko',
  'badauth',
  'notfqdn',
  'nohost',
  'numhost',
  'abuse',
  'badagent',
  '!donator',
  '!yours',
  'dnserr',
  '911',
]
