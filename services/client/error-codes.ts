import type { ProblemCode } from '@ipupdater/protocol'

/** What a server says, and what only the client can find out. */
export type ClientErrorCode = ProblemCode | keyof typeof CLIENT_ERRORS

export interface Reaction {
  /** 1: somebody has to act. 75 (EX_TEMPFAIL of sysexits.h): it may work later without anybody acting. */
  exit: 1 | 75
  /** `same`: send the same message again. `new`: start with a new question. */
  retry: 'same' | 'new' | 'never'
  /** How far the attempt came: no route or name, a host that accepts no connection, or some server. */
  reached: 'nothing' | 'host' | 'server'
}

/** `{service}` stands for receiver or viewer, `{url}` for the setting or flag that names it. */
export interface Explanation {
  title: string
  advice: string
}

const later = { exit: 75, retry: 'same' } as const
const refused = { exit: 1, retry: 'never', reached: 'server' } as const

export const CLIENT_ERRORS = {
  'no-such-name': {
    ...later,
    reached: 'nothing',
    title: 'DNS has no address of this kind for the host in {url}',
    advice: 'Check the spelling of {url}, and that DNS has an A or AAAA record for the name.',
  },
  'dns-failed': {
    ...later,
    reached: 'nothing',
    title: 'DNS does not answer',
    advice: 'The internet connection is down, or the resolver of this device is wrong.',
  },
  'no-route': {
    ...later,
    reached: 'nothing',
    title: 'This device has no route to the server',
    advice: 'The network is down, or has no connection of this IP version.',
  },
  'connection-refused': {
    ...later,
    reached: 'host',
    title: 'Nothing listens on this port of the {service}',
    advice: 'Start the {service}, check the port in {url}, and open the port in the firewall.',
  },
  'timed-out': {
    ...later,
    reached: 'host',
    title: 'The connection timed out',
    advice: 'A firewall drops the packets, or the line is down. Check host and port in {url}.',
  },
  'no-answer': {
    ...later,
    reached: 'server',
    title: 'The server did not answer in time',
    advice: 'The line is very slow, or the server is overloaded.',
  },
  'connection-cut': {
    ...later,
    reached: 'server',
    title: 'The connection was closed before the answer was complete',
    advice:
      'Ignore it if it is rare. Otherwise check the line, the proxies on the path, and whether {url} needs https://.',
  },
  'tls-failed': {
    ...refused,
    title: 'The server has no valid certificate for this name',
    advice:
      'Renew the certificate, name a private CA with NODE_EXTRA_CA_CERTS, or use the http:// address: what matters is signed and needs no TLS.',
  },
  'not-http': {
    ...refused,
    title: 'The server does not speak HTTP',
    advice: 'Check the port in {url}, and whether it starts with http:// or https://.',
  },
  'answer-too-large': {
    ...refused,
    title: 'The answer is much larger than an answer of ipupdater',
    advice: 'Another web server answers at this address. Check {url}.',
  },
  redirected: {
    ...refused,
    title: 'The server redirects to another address',
    advice:
      'If that address is yours, use it as {url}. Otherwise log in to this network with a browser first.',
  },
  'captive-portal': {
    ...refused,
    title: 'A web page came instead of the signed answer',
    advice: 'Log in to this network with a browser first, or correct {url}: it leads to another web server.',
  },
  'not-our-server': {
    ...refused,
    title: 'This is not an ipupdater receiver',
    advice:
      'Check host, port and path in {url}, and the route in the reverse proxy. The receiver has port 8080 unless it was changed; port 8081 is the viewer.',
  },
  'proxy-failed': {
    ...later,
    reached: 'server',
    title: 'A proxy answers, but the {service} behind it does not',
    advice: 'Start the {service}, and check where the reverse proxy forwards to.',
  },
  'proxy-busy': {
    ...later,
    reached: 'server',
    title: 'A proxy in front of the {service} refuses so many requests',
    advice: 'Wait, or raise the rate limit of the proxy for this path.',
  },
  'https-port': {
    ...refused,
    title: 'The server expects HTTPS on this port',
    advice: 'Write https:// instead of http:// in {url}.',
  },
  'http-port': {
    ...refused,
    title: 'The server does not speak TLS on this port',
    advice:
      'Write http:// instead of https:// in {url}, or check its port: the exchange is signed and needs no TLS.',
  },
  'answer-unsigned': {
    ...refused,
    title: 'The answer is not signed, so it is not accepted',
    advice:
      'A proxy removes Signature, Signature-Input or Content-Digest from answers, or somebody on the path answers in place of the server.',
  },
  'answer-forged': {
    ...refused,
    title: 'The signature of the answer is wrong, so it is not accepted',
    advice:
      'A proxy changes status or body of answers, or somebody on the path answers in place of the server.',
  },
  'answer-unknown': {
    ...refused,
    title: 'This version does not understand the answer of the server',
    advice: 'Use the same version for client and server.',
  },
  'not-our-viewer': {
    ...refused,
    title: 'This is not an ipupdater viewer',
    advice: 'Check host, port and path in {url}. The viewer is not the receiver.',
  },
  'proof-invalid': {
    ...refused,
    title: 'The viewer shows an address that this secret does not verify',
    advice: 'Use the secret of that device. If this is the secret, somebody has changed viewer or database.',
  },
  'too-old': {
    ...refused,
    title: 'The last signed report of this address is too old',
    advice:
      'The device no longer reports, or the viewer shows an old state. Accept an older address with --max-age.',
  },
  'proof-ahead': {
    ...refused,
    title: 'The signed time of this address is in the future',
    advice:
      'Set the clock of this machine by NTP. If it is right, the clock of the server was wrong when the device reported.',
  },
  'address-unsigned': {
    ...refused,
    title: 'The device has not signed this address',
    advice:
      'A device that reports with a password never signs. Accept its address with --unsigned if you trust the viewer.',
  },
  'login-required': {
    ...refused,
    title: 'A login is required',
    advice: 'Write user name and password into {url}, such as https://USER:PASSWORD@ip.example.org.',
  },
  'receiver-not-viewer': {
    ...refused,
    title: 'This is the receiver, not the viewer',
    advice: 'Use the address of the viewer as {url}. Its port is 8081 unless it was changed.',
  },
  'viewer-rolled-back': {
    ...refused,
    title: 'The viewer shows an older state than before',
    advice:
      'A backup was restored, or somebody has changed viewer or database. The newer address stays in use.',
  },
  'command-failed': {
    ...later,
    reached: 'server',
    title: 'The command failed',
    advice: 'Its own output has the reason.',
  },
  'state-unreadable': {
    ...refused,
    title: 'The state file of watch cannot be read',
    advice:
      'Remove it, or name another one with --state. Without it, the command runs once for each address.',
  },
  'output-refused': {
    ...refused,
    title: 'This file was not written by `ipupdater export` in this format',
    advice: 'Name another file with --output, or replace this one with --force.',
  },
  'output-failed': {
    ...refused,
    title: 'The output file cannot be written',
    advice: 'Check that the directory exists and that this user can write to it.',
  },
  'file-unreadable': {
    ...refused,
    title: 'The file is not a whole history',
    advice: 'Save one with: curl -o FILE "VIEWER/history/DEVICE?format=json&limit=1000"',
  },
} as const satisfies Record<string, Explanation & Reaction>
