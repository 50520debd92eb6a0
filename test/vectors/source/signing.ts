import { createHash, createHmac } from 'node:crypto'

/** Newest first. */
export const secrets = {
  home: ['correct horse battery staple', 'the secret before the rotation'],
  cabin: ['vzEVJq5yLU4dTxkbIEHBQ_6X7GxA5bHCgkz5XgLCkQM'],
} as const
export const wrongSecret = 'a secret that nobody was given'

export const observed = '{"address":"203.0.113.7","timestamp":1763827200123}'
export const update = '{"address":"203.0.113.7","timestamp":1763827200123,"interval":300}'
export const receipt =
  '{"result":"new","address":"203.0.113.7","firstSeen":1763827200123,"lastSeen":1763827200123}'

export const fieldNames = ['content-digest', 'signature-input', 'signature'] as const
export const parameterNames = ['created', 'nonce', 'keyid', 'alg', 'tag'] as const
export const tags = { '/ip': 'ipupdater-ip', '/update': 'ipupdater-update' } as const

/** The header lines as a correct signer makes them, and as they are sent. */
export type Lines = Record<(typeof fieldNames)[number], string>
export type SentLines = readonly (readonly [name: string, value: string])[]

export interface RequestOptions {
  path?: '/ip' | '/update'
  method?: string
  body?: string | Buffer
  label?: string
  secret?: string
  components?: string
  /** Serialised values instead of the usual ones; `undefined` omits one. */
  parameters?: Record<string, string | undefined>
  order?: readonly string[]
  /** After the parameters. */
  more?: string
  /** What is sent instead of what was signed. */
  send?: (lines: Lines) => SentLines
  sendBody?: string
}

export interface RequestVector {
  method: string
  path: '/ip' | '/update'
  fields: SentLines
  body?: string
  bodyBase64?: string
  base: string
}

export function request(options: RequestOptions = {}): RequestVector {
  const { path = '/update', method = 'POST', body = update, secret = secrets.home[0] } = options
  const { components = '("@method" "content-digest")', more = '' } = options
  const parameters: Record<string, string | undefined> = {
    created: '1763827200',
    nonce: '"AAECAwQFBgcICQoLDA0ODw"',
    keyid: '"home"',
    alg: '"hmac-sha256"',
    tag: `"${tags[path]}"`,
    ...options.parameters,
  }
  const params = `${components}${parametersText(parameters, options.order)}${more}`
  const base = `"@method": ${method}\n"content-digest": ${digestOf(body)}\n"@signature-params": ${params}`
  const sent = options.sendBody ?? body
  return {
    method,
    path,
    fields: sentLines(body, params, base, secret, options),
    ...(typeof sent === 'string' ? { body: sent } : { bodyBase64: sent.toString('base64') }),
    base,
  }
}

export interface AnswerOptions {
  to?: RequestVector
  status?: number
  body?: string
  label?: string
  secret?: string
  components?: string
  tag?: string
  keyid?: string
  order?: readonly string[]
  more?: string
  send?: (lines: Lines) => SentLines
  sendStatus?: number
  sendBody?: string
}

export interface AnswerVector {
  status: number
  fields: SentLines
  body: string
  base: string
}

export function answer(options: AnswerOptions = {}): AnswerVector {
  const { to = question, status = 200, body = observed, secret = secrets.home[0] } = options
  const { components = '("@status" "content-digest" "signature";req;key="ipupdater")', more = '' } = options
  const { tag = `${tags[to.path]}-answer`, keyid = 'home' } = options
  const requestSignature = to.fields.find(([name]) => name === 'signature')?.[1].slice('ipupdater='.length)
  const parameters = {
    created: '1763827201',
    nonce: '"EBESExQVFhcYGRobHB0eHw"',
    keyid: `"${keyid}"`,
    alg: '"hmac-sha256"',
    tag: `"${tag}"`,
  }
  const params = `${components}${parametersText(parameters, options.order)}${more}`
  const base = `"@status": ${status}\n"content-digest": ${digestOf(body)}\n"signature";req;key="ipupdater": ${requestSignature}\n"@signature-params": ${params}`
  return {
    status: options.sendStatus ?? status,
    fields: sentLines(body, params, base, secret, options),
    body: options.sendBody ?? body,
    base,
  }
}

/** The question of the answers, and the update. */
export const question = request({ path: '/ip', body: '{}' })
export const report = request()

export function digestOf(body: string | Buffer): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
}

/** One field changed before it is sent: to nothing, another value, or several lines. */
export function changing(
  name: keyof Lines,
  change: (value: string) => string | readonly string[],
): (lines: Lines) => SentLines {
  return lines =>
    Object.entries(lines).flatMap(([own, value]) =>
      [own === name ? change(value) : value].flat().map(each => [own, each] as const),
    )
}

/** The same bytes in a second spelling of base64: the last letter before the padding has bits to spare. */
export function setUnusedBits(field: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return field.replace(/(.)=:$/, (_, letter) => `${letters[letters.indexOf(letter) + 1]}=:`)
}

function parametersText(
  parameters: Record<string, string | undefined>,
  order: readonly string[] = parameterNames,
): string {
  return order.map(name => (parameters[name] === undefined ? '' : `;${name}=${parameters[name]}`)).join('')
}

function sentLines(
  body: string | Buffer,
  params: string,
  base: string,
  secret: string,
  options: { label?: string; send?: (lines: Lines) => SentLines },
): SentLines {
  const { label = 'ipupdater', send = Object.entries } = options
  return send({
    'content-digest': digestOf(body),
    'signature-input': `${label}=${params}`,
    signature: `${label}=:${createHmac('sha256', secret).update(base).digest('base64')}:`,
  })
}
