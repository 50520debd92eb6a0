import type { ProblemCode } from '@ipupdater/protocol'
import { isProblemCode, isTemporary, PROBLEMS } from '@ipupdater/protocol'

/** Why the server does not have our address now, or why we do not believe what we were shown. */
export class ClientError extends Error {
  readonly code: ClientErrorCode
  /** What was seen this time, for people. */
  readonly detail: string | undefined
  /** The server asks for this pause. */
  readonly retryAfterMs: number

  constructor(
    code: ClientErrorCode,
    about: { detail?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    const { title, advice } = explanationOf(code)
    super(`${title}${about.detail ? ` (${about.detail})` : ''}. ${advice}`, { cause: about.cause })
    this.name = 'ClientError'
    this.code = code
    this.detail = about.detail
    this.retryAfterMs = about.retryAfterMs ?? 0
  }

  get reaction(): Reaction {
    return reactionTo(this.code)
  }
}

/** What a server says, and what only the device can find out. */
export type ClientErrorCode = ProblemCode | keyof typeof OWN

export interface Reaction {
  /** 1: somebody has to do something. 75 (EX_TEMPFAIL of sysexits.h): it may work later by itself. */
  exit: 1 | 75
  /** "again": the very same message once more. "anew": begin with a new question. */
  retry: 'again' | 'anew' | 'never'
  /** How far we came: found no way to the server, knocked in vain, or something answered. */
  reached: 'nothing' | 'host' | 'server'
}

interface Explanation {
  title: string
  advice: string
}

/** The sentence for a code: what is the matter, and what to do. */
export function explanationOf(code: ClientErrorCode): Explanation {
  return isProblemCode(code) ? PROBLEMS[code] : OWN[code]
}

export function reactionTo(code: ClientErrorCode): Reaction {
  if (!isProblemCode(code)) return OWN[code]
  const { status } = PROBLEMS[code]
  if (!isTemporary(status)) return { exit: 1, retry: 'never', reached: 'server' }
  // 409: the sighting is no longer good, and the same message never will be.
  return { exit: 75, retry: status === 409 ? 'anew' : 'again', reached: 'server' }
}

const later = { exit: 75, retry: 'again' } as const
const refused = { exit: 1, retry: 'never', reached: 'server' } as const

const OWN = {
  'no-such-name': {
    ...later,
    reached: 'nothing',
    title: 'The name of the server has no such address',
    advice: 'Check the spelling of SERVER_URL, and that DNS has an A or AAAA record for it.',
  },
  'dns-failed': {
    ...later,
    reached: 'nothing',
    title: 'The name of the server cannot be looked up',
    advice: 'DNS does not answer: the internet connection is down, or the resolver of this device is wrong.',
  },
  'no-route': {
    ...later,
    reached: 'nothing',
    title: 'There is no way from this device to the server',
    advice: 'The network is down, or has no connection of this IP version.',
  },
  'connection-refused': {
    ...later,
    reached: 'host',
    title: 'The host is there, but nothing listens on this port',
    advice: 'Start the receiver, check the port in SERVER_URL, and let the port through the firewall.',
  },
  'timed-out': {
    ...later,
    reached: 'host',
    title: 'No connection came about in time',
    advice: 'A firewall drops the packets, or the line is down; check host and port in SERVER_URL.',
  },
  'no-answer': {
    ...later,
    reached: 'server',
    title: 'The server took the message, but did not answer in time',
    advice: 'The line is very slow, or the server is overloaded.',
  },
  'connection-cut': {
    ...later,
    reached: 'server',
    title: 'The connection broke off',
    advice: 'Nothing to do if it is rare; else look at the line, and at proxies in between.',
  },
  'tls-failed': {
    ...refused,
    title: 'The server has no valid certificate for this name',
    advice: 'Renew the certificate, or use the http:// address: the exchange is signed and needs no TLS.',
  },
  'not-http': {
    ...refused,
    title: 'Something answers that does not speak HTTP',
    advice: 'Check the port in SERVER_URL, and whether it is http:// or https://.',
  },
  'answer-too-large': {
    ...refused,
    title: 'The answer is far larger than any of ours',
    advice: 'Something else answers under this address: check SERVER_URL.',
  },
  redirected: {
    ...refused,
    title: 'The server sends us elsewhere',
    advice:
      'If it is yours, give that address as SERVER_URL; if not, this network wants a login in a browser first.',
  },
  'captive-portal': {
    ...refused,
    title: 'A web page came instead of the signed answer',
    advice: 'This network wants a login in a browser first, or SERVER_URL leads to another web server.',
  },
  'not-our-server': {
    ...refused,
    title: 'What answers is no receiver of ipupdater',
    advice: 'Check host, port and path of SERVER_URL, and the route in the reverse proxy.',
  },
  'proxy-failed': {
    ...later,
    reached: 'server',
    title: 'A proxy answers, but the receiver behind it does not',
    advice: 'Start the receiver, and check where the reverse proxy forwards to.',
  },
  'answer-unsigned': {
    ...refused,
    title: 'The answer is not signed, so it is not believed',
    advice:
      'A proxy strips Signature, Signature-Input or Content-Digest from answers, or somebody on the path answers in place of the server.',
  },
  'answer-forged': {
    ...refused,
    title: "The answer's signature is wrong, so it is not believed",
    advice:
      'A proxy changes status or body of answers, or somebody on the path answers in place of the server.',
  },
  'answer-unknown': {
    ...refused,
    title: 'The server gives an answer that this version does not know',
    advice: 'Run client and server from the same version.',
  },
  'not-our-viewer': {
    ...refused,
    title: 'What answers is no viewer of ipupdater',
    advice: 'Check host, port and path of VIEWER_URL; the viewer is not the receiver.',
  },
  'proof-invalid': {
    ...refused,
    title: 'The viewer shows an address that this secret does not prove',
    advice: 'Use the secret of that device; if this is the one, viewer or database have been tampered with.',
  },
  'too-old': {
    ...refused,
    title: 'The address is proven, but not as recent as wanted',
    advice: 'Look after the device, or ask with a longer --max-age.',
  },
} as const satisfies Record<string, Explanation & Reaction>
