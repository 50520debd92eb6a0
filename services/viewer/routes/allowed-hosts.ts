import { ProtocolError, quote } from '@ipupdater/protocol'
import type { Middleware } from 'koa'

/**
 * Refuses a request whose Host is none of the names in `allowed`; an empty list allows any. It stops DNS rebinding:
 * a page on the internet lets its own name resolve to 127.0.0.1 or to an address at home, and the visitor's browser
 * then reads a viewer there for it. The browser sends that page's name as Host.
 */
export function allowedHosts(allowed: readonly string[]): Middleware {
  const names = new Set(allowed)
  return (ctx, next) => {
    if (names.size === 0 || names.has(ctx.hostname.toLowerCase().replace(/\.$/, ''))) return next()
    throw new ProtocolError('misdirected', `the host name is ${quote(ctx.hostname)}`)
  }
}

/** A host name or address as it is in a URL, without port: `ip.example.org`, `192.0.2.1`, `[2001:db8::1]`. */
export function parseAllowedHost(text: string): string {
  const { hostname } = new URL(`http://${text}/`)
  if (hostname !== text.toLowerCase() || /[*]|\.$/.test(text)) throw new TypeError('not a host name')
  return hostname
}
