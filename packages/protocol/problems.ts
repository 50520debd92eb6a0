/** What does not change from one occurrence to the next. */
export interface ProblemType {
  status: number
  title: string
  advice: string
  /** Whether a device takes this refusal from a receiver without a signature, as a hint. */
  mayBeUnsigned: boolean
}

const problem = (mayBeUnsigned: boolean) => (status: number, title: string, advice: string) =>
  ({ status, title, advice, mayBeUnsigned }) satisfies ProblemType

/** Refused before the signature is verified, so the answer cannot be signed. */
const early = problem(true)
/** Refused after the signature is verified, or by the viewer, which answers no device. */
const late = problem(false)

/**
 * Every refusal that travels as `application/problem+json` (RFC 9457). The servers read it forwards (code →
 * status, title and advice), the clients backwards.
 */
export const PROBLEMS = {
  malformed: early(
    400,
    'The message does not follow the protocol',
    'Compare it with docs/protocol.md; the detail names the part that differs. A proxy on the path may have changed it.',
  ),
  'digest-mismatch': early(
    400,
    'The body does not match its Content-Digest',
    'Send the body exactly as it was digested. A proxy on the path may have changed it.',
  ),
  'too-large': early(
    413,
    'The message is too large',
    'Send a body of at most 8 KiB. The bodies of this protocol have less than 200 bytes.',
  ),
  timeout: early(
    408,
    'The message did not arrive in time',
    'Try again. If it happens often, check the connection between device and server.',
  ),
  'not-authenticated': early(
    401,
    "The server does not accept this device's secret",
    'Check DEVICE and SECRET. On the server, `ipupdater-admin device list` shows the devices, and `ipupdater-admin device rotate NAME` makes a new secret.',
  ),
  'source-unclear': late(
    400,
    'The server cannot tell which address the message comes from',
    'Let the reverse proxy set either X-Forwarded-For or Forwarded, and overwrite what the client sent; see docs/deployment.md.',
  ),
  'source-masked': late(
    403,
    'Docker or a router hides the address that the message comes from',
    'See "Which address the server sees" in docs/deployment.md. Behind a reverse proxy, set TRUSTED_PROXIES. On the server\'s own machine a client is always masked: try from another one. Otherwise give the Compose network IPv6, or run the receiver with `network_mode: host`.',
  ),
  'address-not-public': late(
    403,
    'The address cannot be reached from the internet',
    'Report from a public address (in 100.64.0.0/10, many customers of a provider share one). For a private network, set ALLOW_PRIVATE_ADDRESSES=true on the server.',
  ),
  'address-mismatch': late(
    409,
    'The update does not come from the address that it contains',
    'Start again with POST /ip. The address has changed in between, or two connections are in use.',
  ),
  stale: late(
    409,
    'The timestamp is older than the window',
    'Start again with POST /ip, and send the update at once.',
  ),
  'timestamp-ahead': late(
    409,
    "The timestamp is ahead of the server's clock",
    "Start again with POST /ip. If it happens often, the server's clock was set back: check its NTP.",
  ),
  'not-newer': late(
    409,
    'The server already has a newer update of this device',
    'Start again with POST /ip. If it happens often, two machines report under the same name.',
  ),
  'clock-behind': late(
    503,
    "The server's clock is behind the last accepted update",
    'Nothing to do on the device. On the server, check the clock (NTP): it accepts updates again when its clock has caught up.',
  ),
  'rate-limited': early(429, 'Too many messages', 'Wait for the time in Retry-After, then try again.'),
  'storage-unavailable': late(
    503,
    'The server cannot use its database',
    'Nothing to do on the device. On the server, `ipupdater-admin doctor` names the cause.',
  ),
  stopping: early(503, 'The server is stopping', 'Try again in a moment.'),
  'not-found': early(
    404,
    'There is nothing at this path',
    'Check the path of the URL: a device posts to /ip and /update under its SERVER_URL; a viewer has /, /getip and /history.',
  ),
  'method-not-allowed': early(
    405,
    'This path does not support the method',
    'Use a method in the Allow header.',
  ),
  internal: early(500, 'The server has failed', "Look for the request id in the server's log."),
  'no-address': late(
    404,
    'The device has reported no such address yet',
    'Wait for its first report, or ask for the other family.',
  ),
  'unknown-device': late(404, 'Unknown device', 'Check the name: /getip lists all devices.'),
  'bad-query': late(400, 'The query is not valid', 'Correct the parameter that the detail names.'),
  'not-acceptable': late(406, 'There is no such format', 'Use a media type that the detail names.'),
  misdirected: late(
    421,
    'The viewer is not available under this host name',
    'Use one of its names, or add this one to ALLOWED_HOSTS.',
  ),
  'no-database': late(
    503,
    'There is no database yet',
    'Start the receiver once: it creates the database on the volume that both use.',
  ),
  'schema-unknown': late(
    503,
    'The database has a version that this program does not know',
    'Run receiver and viewer from the same version of the image.',
  ),
} as const satisfies Record<string, ProblemType>

export type ProblemCode = keyof typeof PROBLEMS

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

/** True if the same request may succeed later without a change: then the client exits with 75, not 1. */
export function isTemporary(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500
}

/** The body of a refusal. `detail` says what was given and what is expected; it is shown to people. */
export function encodeProblem(
  code: ProblemCode,
  detail?: string,
  extra?: Readonly<Record<string, ProblemMember>>,
): string {
  const { status, title, advice } = PROBLEMS[code]
  return JSON.stringify({ ...extra, type: `${TYPE_PREFIX}${code}`, title, status, code, detail, advice })
}

/**
 * The problem in a body, or null if the body is not one of ours (but a proxy's or a captive portal's page).
 * Title and advice come from our own table. `detail` and `extra` are untrusted text: a terminal needs them escaped.
 */
export function parseProblem(body: string): Problem | null {
  const members = parseObject(body)
  if (members === null) return null
  const { type, title: _title, status: _status, code, detail, advice: _advice, ...others } = members
  if (typeof code !== 'string' || !isProblemCode(code) || type !== `${TYPE_PREFIX}${code}`) return null
  const problem: Problem = { ...PROBLEMS[code], code, extra: plainMembers(others) }
  return typeof detail === 'string' ? { ...problem, detail } : problem
}

const TYPE_PREFIX = 'urn:ipupdater:problem:'

/** A value that is not an object becomes an empty object, which has no code. */
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
    if (['string', 'number', 'boolean'].includes(typeof value)) plain.push([name, value as ProblemMember])
  }
  return Object.fromEntries(plain)
}
