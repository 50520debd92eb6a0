import type { Transporter } from 'nodemailer'
import type { NotifierEvent } from '../event.ts'
import type { Channel, Outcome } from './channel.ts'
import type { ToMessage } from './message.ts'

export interface MailServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (smtps), instead of STARTTLS. */
  readonly isTls: boolean
  readonly login: { readonly user: string; readonly pass: string } | null
}

export interface MailOptions {
  readonly server: MailServer
  readonly from: string
  readonly to: string
  readonly toMessage: ToMessage
}

/** A plain text message. nodemailer is loaded with the first one. */
export function mail({ server, from, to, toMessage }: MailOptions): Channel {
  let transport: Promise<Transporter> | undefined
  return {
    name: 'mail',
    kind: 'alert',
    accepts: () => true,
    async send(event, signal) {
      const { title, text, link } = toMessage(event)
      transport ??= connect(server)
      try {
        const { response = '' } = await (await transport).sendMail({
          from,
          to,
          subject: title,
          text: link === null ? text : `${text}\n\n${link}`,
          messageId: messageIdOf(event, from),
          headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: prevents out-of-office answers
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        })
        return { kind: 'delivered', answer: response }
      } catch (error) {
        return failure(error)
      }
    },
  }
}

/** `smtp://USER:PASSWORD@HOST:587` (STARTTLS) or `smtps://…` (TLS at once). @throws RangeError */
export function parseMailServer(text: string): MailServer {
  const url = new URL(text)
  const isTls = url.protocol === 'smtps:'
  const isServer = (isTls || url.protocol === 'smtp:') && url.hostname !== '' && /^\/?$/.test(url.pathname)
  if (!isServer || url.search !== '' || url.hash !== '') throw new RangeError('not a mail server')
  const user = decodeURIComponent(url.username)
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    isTls,
    login: user === '' ? null : { user, pass: decodeURIComponent(url.password) },
  }
}

async function connect({ host, port, isTls, login }: MailServer): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    host,
    port,
    secure: isTls,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // A password is sent only over TLS with a valid certificate. A relay without login gets TLS if it offers it.
    ...(login === null ? { tls: { rejectUnauthorized: false } } : { requireTLS: !isTls, auth: login }),
  })
}

const TIMEOUT_MS = 15_000

/** The same for each copy of an event, so that a mail program can show duplicates once. */
function messageIdOf({ id }: NotifierEvent, from: string): string {
  const [, domain = 'localhost'] = /@([\w.-]+)/.exec(from) ?? []
  return `<${id}@${domain}>`
}

/** By codes only: the server's text can contain what it was sent. */
function failure(error: unknown): Outcome {
  const {
    code = 'unknown',
    responseCode,
    response,
  } = error as {
    code?: string
    responseCode?: number
    response?: string
  }
  const answered = responseCode === undefined ? '' : ` (answered ${responseCode})`
  return {
    kind: 'failed',
    reason: `${REASONS[code] ?? `no mail was sent (${code})`}${answered}`,
    ...(response === undefined ? {} : { detail: response }),
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EAUTH: 'the mail server refused the login',
  ECONNECTION: 'the mail server cannot be reached',
  ESOCKET: 'the mail server cannot be reached, or its certificate is not trusted',
  EDNS: 'the name of the mail server does not exist',
  EABORT: 'the mail server did not answer within 15 seconds',
  ETIMEDOUT: 'the mail server did not answer within 15 seconds',
  ETLS: 'the mail server does not offer TLS, and a password is not sent without it',
  EENVELOPE: 'the mail server refused the sender or the recipient',
  EMESSAGE: 'the mail server refused the message',
}
