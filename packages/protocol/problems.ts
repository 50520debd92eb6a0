/**
 * Every refusal that travels as `application/problem+json` (RFC 9457): read forwards by the servers
 * (code → status and words) and backwards by the clients.
 */
export const PROBLEMS = {
  malformed: {
    status: 400,
    title: 'The message is not one of this protocol',
    advice:
      'Compare the message with docs/protocol.md; the detail names the part that differs. A proxy on the path may have changed or stripped it.',
  },
  'digest-mismatch': {
    status: 400,
    title: 'The body is not the one that Content-Digest describes',
    advice: 'Send the body byte for byte as it was digested; something on the path may have changed it.',
  },
  'too-large': {
    status: 413,
    title: 'The message is too large',
    advice: 'Send a body of at most 8 KiB; those of this protocol stay under 200 bytes.',
  },
  timeout: {
    status: 408,
    title: 'The message did not arrive in time',
    advice: 'Try again; if it recurs, look for a slow or lossy line between device and server.',
  },
  'not-authenticated': {
    status: 401,
    title: 'No accepted secret made this signature',
    advice:
      'Check that the device and its secret are those of the server: `ipupdater-admin device list` names the devices, `ipupdater-admin device rotate NAME` gives a new secret.',
  },
  'source-unclear': {
    status: 400,
    title: 'The proxies disagree on where the message comes from',
    advice:
      'Let the proxy set either X-Forwarded-For or Forwarded, and overwrite what the client sent; see docs/deployment.md.',
  },
  'source-masked': {
    status: 403,
    title: 'Docker or a router hides where the message comes from',
    advice:
      'Give the compose network IPv6, or run the receiver with `network_mode: host`; see "Which address the server sees" in docs/deployment.md.',
  },
  'address-not-public': {
    status: 403,
    title: 'The address cannot be reached from the internet',
    advice:
      'Report from behind a public address (100.64.0.0/10 means that the provider shares one among customers); for a private network set ALLOW_PRIVATE_ADDRESSES=true on the server.',
  },
  'address-mismatch': {
    status: 409,
    title: 'The update does not come from the address that it names',
    advice: 'Begin again with POST /ip: the address has changed meanwhile, or two connections are in use.',
  },
  stale: {
    status: 409,
    title: 'The timestamp is older than the window',
    advice: 'Begin again with POST /ip, and send the update at once.',
  },
  'timestamp-ahead': {
    status: 409,
    title: "The timestamp is later than the server's clock",
    advice:
      'Begin again with POST /ip; if it recurs, the clock of the server was stepped back: check its NTP.',
  },
  'not-newer': {
    status: 409,
    title: 'A newer update of this device is already accepted',
    advice: 'Begin again with POST /ip; if it recurs, two machines report under one name.',
  },
  'clock-behind': {
    status: 503,
    title: "The server's clock is behind the last accepted update",
    advice:
      'Nothing to do on the device. On the server check the clock (NTP): updates are accepted again once it has caught up.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many messages',
    advice: 'Wait as long as Retry-After says, then try again.',
  },
  'storage-unavailable': {
    status: 503,
    title: 'The server cannot use its database',
    advice: 'Nothing to do on the device. On the server: `ipupdater-admin doctor` names the cause.',
  },
  stopping: {
    status: 503,
    title: 'The server is stopping',
    advice: 'Try again in a moment.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing under this path',
    advice:
      'Check the path of the URL: a device posts to /ip and /update under its SERVER_URL; a viewer has /, /getip and /history.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The path does not take this method',
    advice: 'Use one of the methods that the Allow header names.',
  },
  internal: {
    status: 500,
    title: 'The server has failed',
    advice: 'Look for the request id in the log of the server.',
  },
  'no-address': {
    status: 404,
    title: 'The device has reported no such address yet',
    advice: 'Wait for its first report, or ask for the other family.',
  },
  'unknown-device': {
    status: 404,
    title: 'No device of this name has ever reported',
    advice: 'Check the name; /getip lists the devices that have reported.',
  },
  'bad-query': {
    status: 400,
    title: 'The query cannot be understood',
    advice: 'Correct the parameter that the detail names.',
  },
  'not-acceptable': {
    status: 406,
    title: 'There is no such representation',
    advice: 'Ask for one of the media types that the detail names.',
  },
  'no-database': {
    status: 503,
    title: 'There is no database yet',
    advice: 'Start the receiver once: it makes the database on the volume that both share.',
  },
  'schema-unknown': {
    status: 503,
    title: 'The database is of another version than this program',
    advice: 'Run receiver and viewer from the same version of the image.',
  },
} as const satisfies Record<string, ProblemType>

export type ProblemCode = keyof typeof PROBLEMS

/** What does not change from one occurrence to the next. */
export interface ProblemType {
  status: number
  title: string
  advice: string
}

/** One occurrence. `extra` holds members beyond the fixed ones, such as `retryAfter`. */
export interface Problem extends ProblemType {
  code: ProblemCode
  detail?: string
  extra: Readonly<Record<string, ProblemMember>>
}

export type ProblemMember = string | number | boolean

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code)
}

/** True where the same thing may succeed later without anybody's doing: the client exits with 75 then, not 1. */
export function isTemporary(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500
}

/** The body of a refusal. `detail` says what was given and what is wanted; it is shown to people. */
export function encodeProblem(
  code: ProblemCode,
  detail?: string,
  extra?: Readonly<Record<string, ProblemMember>>,
): string {
  const { status, title, advice } = PROBLEMS[code]
  return JSON.stringify({ ...extra, type: `${TYPE_PREFIX}${code}`, title, status, code, detail, advice })
}

/**
 * The problem in a body, or null where the body is none of ours (a proxy's page, a captive portal's).
 * Title and advice come from our own table: whoever forges a body cannot put words into a terminal.
 */
export function parseProblem(body: string): Problem | null {
  const members = parseObject(body)
  if (members === null) return null
  const { type, title: _title, status: _status, code, detail, advice: _advice, ...others } = members
  if (typeof code !== 'string' || !isProblemCode(code) || type !== `${TYPE_PREFIX}${code}`) return null
  const problem: Problem = { ...PROBLEMS[code], code, extra: plainMembers(others) }
  return typeof detail === 'string' ? { ...problem, detail: printable(detail) } : problem
}

const TYPE_PREFIX = 'urn:ipupdater:problem:'

/** Of what is no object, an object without our members: none of ours either way. */
function parseObject(text: string): Record<string, unknown> | null {
  try {
    return { ...JSON.parse(text) }
  } catch {
    return null
  }
}

function plainMembers(members: Record<string, unknown>): Record<string, ProblemMember> {
  const plain: [string, ProblemMember][] = []
  for (const [name, value] of Object.entries(members)) {
    if (typeof value === 'string') plain.push([name, printable(value)])
    else if (typeof value === 'number' || typeof value === 'boolean') plain.push([name, value])
  }
  return Object.fromEntries(plain)
}

// Control and format characters move cursors, colour terminals and reverse text.
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd')
}
