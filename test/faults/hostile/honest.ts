import { createHash, createHmac } from 'node:crypto'
import type { Random } from '../../fixtures/random.ts'
import type { Answer, Message, Request } from './message.ts'
import { fieldOf, withField } from './message.ts'

export interface Device {
  readonly name: string
  readonly secret: string
}

/**
 * A request as docs/protocol.md lets a device spell it: any label, any order of the parameters, any nonce.
 * Written from that page, and not with the code under test.
 */
export function honestRequest(
  random: Random,
  device: Device,
  path: '/ip' | '/update',
  body: string,
): Request {
  const usual = [
    `created=${random.pick([1_763_827_200, 0, 999_999_999_999_999, random.below(2 ** 32)])}`,
    `nonce="${nonce(random)}"`,
    `keyid="${device.name}"`,
    'alg="hmac-sha256"',
    `tag="ipupdater-${path.slice(1)}"`,
  ]
  const parameters = random.oneIn(2) ? usual : random.shuffled(usual)
  const input = `${label(random)}=("@method" "content-digest");${parameters.join(';')}`
  const request: Request = {
    method: 'POST',
    path,
    fields: [['Signature-Input', input]],
    body: Buffer.from(body),
  }
  return signed(withDigest(request), device.secret)
}

/** With the digest of the body that it has. */
export function withDigest<M extends Message>(message: M): M {
  return withField(message, 'content-digest', digestOf(message.body))
}

export function digestOf(body: Buffer): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
}

/** With the signature that holds for the other fields as they are, well-formed or not. */
export function signed(request: Request, secret: string): Request {
  const listed = /=\(([^)]*)\)/.exec(fieldOf(request, 'signature-input') ?? '')?.[1] ?? ''
  return signedOver(request, listed.split(' '), secret, component => componentOf(request, component))
}

/** As a verifier computes it that does not look at what is covered, but takes it for what it wants. */
export function signedAsWanted(request: Request, secret: string): Request {
  const wanted = ['"@method"', '"content-digest"']
  return signedOver(request, wanted, secret, component => componentOf(request, component))
}

/** The answer with the signature that makes it one to this request. */
export function signedAnswer(answer: Answer, request: Request, secret: string): Answer {
  const [label, signature] = (fieldOf(request, 'signature') ?? '').split(/=(.*)/s)
  const values: Record<string, string | undefined> = {
    '"@status"': String(answer.status),
    '"content-digest"': fieldOf(answer, 'content-digest'),
    [`"signature";req;key="${label}"`]: signature,
  }
  return signedOver(answer, Object.keys(values), secret, component => values[component] ?? '')
}

/** RFC 9421 §2.5 and §3.3.3. */
function signedOver<M extends Message>(
  message: M,
  components: readonly string[],
  secret: string,
  componentValue: (component: string) => string,
): M {
  const input = fieldOf(message, 'signature-input') ?? ''
  const [label, parameters] = [input.slice(0, input.indexOf('=')), input.slice(input.indexOf('=') + 1)]
  const lines = components.map(component => `${component}: ${componentValue(component)}\n`)
  const base = `${lines.join('')}"@signature-params": ${parameters}`
  const mac = createHmac('sha256', secret).update(base).digest('base64')
  return withField(message, 'signature', `${label}=:${mac}:`)
}

/** RFC 9421 §2.1 and §2.2. */
function componentOf(request: Request, component: string): string {
  if (component === '"@method"') return request.method
  if (component === '"@path"') return request.path
  return fieldOf(request, component.slice(1, -1)) ?? ''
}

function nonce(random: Random): string {
  const bytes = random.bytes(random.pick([16, 17, 32, 64]))
  return bytes.toString(random.pick(['base64url', 'hex'] as const))
}

function label(random: Random): string {
  if (random.oneIn(2)) return random.pick(['ipupdater', 'sig1', '*', 'a', 'a-b.c_d*9'])
  return `k${random.bytes(random.below(12)).toString('hex')}`
}
