import { isIPv4 } from 'node:net'
import type { ClientErrorCode } from './error-codes.ts'

/** Better advice than usual for a server on this machine; none for any other. */
export function localAdvice(
  code: ClientErrorCode,
  { hostname }: URL,
  isInContainer: boolean,
): { advice?: string } {
  if (!isLoopback(hostname)) return {}
  if (code === 'source-masked') {
    const advice = "A client on the server's own machine is always masked. Try from another machine."
    return { advice }
  }
  if (isInContainer && UNREACHED.has(code)) {
    const advice = `In a container, ${hostname} is the container itself. Use the name or address of the server.`
    return { advice }
  }
  return {}
}

/** A connection that was cut was accepted first: something listens there. */
const UNREACHED: ReadonlySet<string> = new Set(['connection-refused', 'timed-out', 'no-route'])

function isLoopback(hostname: string): boolean {
  if (isIPv4(hostname)) return hostname.startsWith('127.')
  return hostname === '[::1]' || hostname === 'localhost' || hostname.endsWith('.localhost')
}
