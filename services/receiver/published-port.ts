import { isIP } from 'node:net'

/** RECEIVER_PORT, as Compose publishes it: "8080" on every address, "127.0.0.1:8080" or "[::1]:8080" on one. */
export interface PublishedPort {
  /** null: every address */
  readonly host: string | null
  readonly port: number
}

/** @throws RangeError */
export function parsePublishedPort(text: string): PublishedPort {
  const [, host, port] = /^(?:([\d.]+|\[[\da-f:.]+\]):)?(\d{1,5})$/i.exec(text) ?? []
  if (port === undefined || Number(port) > 65_535) throw new RangeError('no port')
  if (host !== undefined && isIP(host.replace(/^\[|\]$/g, '')) === 0) throw new RangeError('no address')
  return { host: host ?? null, port: Number(port) }
}

export function showPublishedPort({ host, port }: PublishedPort): string {
  return host === null ? String(port) : `${host}:${port}`
}

export function publishedUrl({ host, port }: PublishedPort): string {
  return `http://${host ?? '0.0.0.0'}:${port}`
}

/** Only this machine reaches the port, so whoever comes through Docker's gateway is its reverse proxy. */
export function isOnLoopback({ host }: PublishedPort): boolean {
  return host !== null && (host.startsWith('127.') || host === '[::1]')
}
