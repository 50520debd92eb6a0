import { Agent } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { checkServerIdentity } from 'node:tls'
import type { Family, FieldLines } from '@ipupdater/protocol'
import { quote } from '@ipupdater/protocol'
import type { Delays, OptionsInit } from 'got'
import got, { ReadError, TimeoutError } from 'got'
import type { ClientErrorCode, Service } from './errors.ts'
import { ClientError, RECEIVER } from './errors.ts'
import { localAdvice } from './local-advice.ts'

export interface Call {
  method: 'GET' | 'POST'
  url: URL
  headers: Record<string, string>
  body?: string
}

export interface Answer {
  status: number
  headers: FieldLines
  body: Buffer
}

/** One new connection for the few messages of one exchange, so that they come from one address. */
export interface Connection extends Disposable {
  /** Returns any HTTP answer; throws a ClientError if there is none. */
  call(call: Call): Promise<Answer>
}

export interface ConnectOptions {
  /** Default: the one that works. */
  family?: Family
  timeouts?: Delays
  /** Who is called, and from where: for the advice in errors. */
  service?: Service
  isInContainer?: boolean
  /** Finds the addresses of a host; default: the resolver of the system. */
  lookup?: Lookup
}

type Lookup = NonNullable<OptionsInit['dnsLookup']>

export function connect({
  family,
  timeouts = TIMEOUTS,
  service = RECEIVER,
  isInContainer = false,
  lookup,
}: ConnectOptions = {}): Connection {
  const options = { keepAlive: true, maxSockets: 1 }
  const agents: { http?: Agent; https?: TlsAgent } = {}
  return {
    async call({ method, url, headers, body }) {
      if (url.protocol === 'https:') agents.https ??= new TlsAgent(options)
      else agents.http ??= new Agent(options)
      const overflow = new AbortController()
      const request = got(url, {
        method,
        headers: { 'user-agent': 'ipupdater', ...headers },
        ...(body === undefined ? {} : { body }),
        ...(family === undefined ? {} : { dnsLookupIpVersion: family }),
        ...(lookup === undefined ? {} : { dnsLookup: lookup }),
        agent: agents,
        signal: overflow.signal,
        timeout: timeouts,
        responseType: 'buffer',
        throwHttpErrors: false,
        // The message is signed for this server: no other server gets it, and no other may answer.
        followRedirect: false,
        decompress: false,
        // The exchange decides which message is sent again, and when.
        retry: { limit: 0 },
        // got's own default would load node:tls for plain HTTP too.
        https: { checkServerIdentity: (host, certificate) => checkServerIdentity(host, certificate) },
      })
      request.on('downloadProgress', ({ transferred }) => {
        if (transferred > MAX_ANSWER_BYTES) overflow.abort()
      })
      try {
        const { statusCode, headers: fields, rawBody } = await request
        return { status: statusCode, headers: fields, body: Buffer.from(rawBody) }
      } catch (error) {
        if (overflow.signal.aborted) throw new ClientError('answer-too-large', { cause: error, service })
        const { code, detail } = transportFault(error, url)
        const advice = localAdvice(code, url, isInContainer)
        const title = code === 'no-such-name' ? { title: noSuchName(url, family, service) } : {}
        throw new ClientError(code, { detail, cause: error, service, ...title, ...advice })
      }
    },
    [Symbol.dispose]() {
      agents.http?.destroy()
      agents.https?.destroy()
    },
  }
}

function noSuchName({ hostname }: URL, family: Family | undefined, { url }: Service): string {
  const kinds = family === undefined ? 'IPv4 or IPv6' : `IPv${family}`
  return `DNS has no ${kinds} address for ${hostname} (${url})`
}

// Long enough for a bad line: the fourth SYN, after three lost ones, is sent after 7 seconds.
const TIMEOUTS = { lookup: 10_000, connect: 10_000, secureConnect: 10_000, response: 15_000, request: 30_000 }

/** The largest answer of ours is a page of history. */
const MAX_ANSWER_BYTES = 64 * 1024

function transportFault(error: unknown, { protocol }: URL): { code: ClientErrorCode; detail: string } {
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : ''
  const detail = error instanceof Error ? quote(error.message).slice(1, -1) : String(error)
  if (protocol === 'https:' && NO_TLS.has(systemCode)) return { code: 'http-port', detail: systemCode } // OpenSSL's message is mostly numbers.
  if (protocol === 'http:' && isTlsAlert(error)) return { code: 'https-port', detail }
  return { code: codeOf(error, systemCode), detail }
}

/** A server that expects TLS refuses plain HTTP with an alert (RFC 8446 §5.1), which is no HTTP. */
function isTlsAlert(error: unknown): boolean {
  const { cause } = error as Error
  const packet = cause instanceof Error ? Reflect.get(cause, 'rawPacket') : undefined
  return packet instanceof Uint8Array && packet[0] === 21
}

function codeOf(error: unknown, systemCode: string): ClientErrorCode {
  if (error instanceof TimeoutError) return CODES_OF_PHASES[error.event] ?? 'no-answer'
  if (Object.hasOwn(SYSTEM_CODES, systemCode)) {
    return SYSTEM_CODES[systemCode as keyof typeof SYSTEM_CODES]
  }
  if (systemCode.startsWith('HPE_') || systemCode === 'EPROTO') return 'not-http'
  if (/^ERR_(TLS|SSL)_|CERT|SIGNATURE|ISSUER/.test(systemCode)) return 'tls-failed'
  if (error instanceof ReadError) return 'connection-cut'
  throw error
}

/** OpenSSL's words for an answer that is not TLS. */
const NO_TLS: ReadonlySet<string> = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
])

const CODES_OF_PHASES: Readonly<Record<string, ClientErrorCode>> = {
  lookup: 'dns-failed',
  connect: 'timed-out',
  secureConnect: 'timed-out',
}

const SYSTEM_CODES = {
  ENOTFOUND: 'no-such-name',
  EAI_NODATA: 'no-such-name',
  EAI_AGAIN: 'dns-failed',
  EAI_FAIL: 'dns-failed',
  ENETUNREACH: 'no-route',
  EHOSTUNREACH: 'no-route',
  EADDRNOTAVAIL: 'no-route',
  ENETDOWN: 'no-route',
  EHOSTDOWN: 'no-route',
  EACCES: 'no-route',
  EPERM: 'no-route',
  EAFNOSUPPORT: 'no-route',
  ECONNREFUSED: 'connection-refused',
  ETIMEDOUT: 'timed-out',
  ECONNRESET: 'connection-cut',
  ECONNABORTED: 'connection-cut',
  EPIPE: 'connection-cut',
} as const satisfies Record<string, ClientErrorCode>
