/** Header lines in their order; a name may come twice. Values are Latin-1, as node:http reads them. */
export type Field = readonly [name: string, value: string]

/** What a request and an answer have in common: all that a signature is about, but for the first line. */
export interface Message {
  readonly fields: readonly Field[]
  readonly body: Buffer
}

export interface Request extends Message {
  readonly method: string
  readonly path: string
}

export interface Answer extends Message {
  readonly status: number
}

/** All lines of that name as one value (RFC 9110 §5.3), or undefined where there is none. */
export function fieldOf({ fields }: Message, wanted: string): string | undefined {
  const values = fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value)
  return values.length === 0 ? undefined : values.join(', ')
}

/** With this value, in the place of the first line of that name and without the others. */
export function withField<M extends Message>(message: M, wanted: string, value: string): M {
  const isWanted = ([name]: Field) => name.toLowerCase() === wanted
  const at = message.fields.findIndex(isWanted)
  const others = message.fields.filter(field => !isWanted(field))
  const fields = others.toSpliced(at < 0 ? others.length : at, 0, [wanted, value])
  return { ...message, fields }
}

/** The header as node:http hands it over. */
export function headersOf(message: Message): Record<string, string | undefined> {
  const names = new Set(message.fields.map(([name]) => name.toLowerCase()))
  return Object.fromEntries([...names].map(name => [name, fieldOf(message, name)]))
}

/** The bytes of a request, on a connection that ends with it. */
export function bytesOf({ method, path, fields, body }: Request): Buffer {
  const own = [
    ['Host', 'receiver'],
    ['Connection', 'close'],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(body.length)],
  ]
  const lines = [...own, ...fields].map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body])
}

/** The request in bytes that a server has taken for one: read generously, as it was read already. */
export function requestIn(bytes: Buffer): Request {
  const text = bytes.toString('latin1')
  const end = /\r?\n\r?\n/.exec(text) ?? { index: text.length, 0: '' }
  const [first = '', ...lines] = text.slice(0, end.index).split(/\r?\n/)
  const [method = '', path = ''] = first.split(' ')
  const fields = lines.map((line): Field => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
  })
  const rest = bytes.subarray(end.index + end[0].length)
  const length = Number(fieldOf({ fields, body: rest }, 'content-length') ?? 0)
  return { method, path, fields, body: rest.subarray(0, length) }
}
