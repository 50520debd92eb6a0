import type { NotifierEvent } from '../event.ts'
import type { Channel } from './channel.ts'
import type { Send } from './http.ts'
import type { Message, ToMessage } from './message.ts'

export interface TemplateOptions {
  readonly url: URL
  readonly body: BodyTemplate
  readonly send: Send
  readonly toMessage: ToMessage
}

/** A POST of the operator's own shape: Gotify, Slack, Telegram and the like. */
export function template({ url, body, send, toMessage }: TemplateOptions): Channel {
  return {
    name: 'template',
    kind: 'alert',
    accepts: () => true,
    send(event, signal) {
      const { contentType, text } = body(valuesOf(event, toMessage(event)))
      return send({ method: 'POST', url, headers: { 'content-type': contentType }, body: text }, signal)
    },
  }
}

export const placeholders = [
  'id',
  'type',
  'device',
  'title',
  'message',
  'priority',
  'time',
  'link',
  'ipv4',
  'ipv6',
] as const
type Values = Readonly<Record<(typeof placeholders)[number], string>>

/** Writes the values into the template. */
export type BodyTemplate = (values: Values) => { readonly contentType: string; readonly text: string }

/**
 * A JSON text, or a form such as `title={title}&text={message}`. It is taken apart before values are put in, and encoded
 * afterwards: no value can add a member or a field. @throws RangeError for anything else, or an unknown placeholder
 */
export function parseBodyTemplate(text: string): BodyTemplate {
  if (/^\s*[[{]/.test(text)) {
    const json: unknown = JSON.parse(text)
    mapStrings(json, assertKnown)
    return values => ({
      contentType: 'application/json',
      text: JSON.stringify(mapStrings(json, string => fill(string, values))),
    })
  }
  const fields = [...new URLSearchParams(text.trim())]
  if (fields.length === 0 || !text.includes('=')) throw new RangeError('neither JSON nor a form')
  for (const [, value] of fields) assertKnown(value)
  return values => ({
    contentType: 'application/x-www-form-urlencoded',
    text: new URLSearchParams(
      fields.map(([name, value]): [string, string] => [name, fill(value, values)]),
    ).toString(),
  })
}

const PLACEHOLDER = /\{([a-z0-9]+)\}/g

function fill(text: string, values: Values): string {
  return text.replaceAll(PLACEHOLDER, (_, name: keyof Values) => values[name])
}

function assertKnown(text: string): string {
  for (const [, name = ''] of text.matchAll(PLACEHOLDER)) {
    if (!(placeholders as readonly string[]).includes(name)) throw new RangeError(`unknown placeholder`)
  }
  return text
}

/** The same JSON value, with every string in it mapped; the names of members stay. */
function mapStrings(json: unknown, map: (text: string) => string): unknown {
  if (typeof json === 'string') return map(json)
  if (Array.isArray(json)) return json.map(element => mapStrings(element, map))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, mapStrings(value, map)]))
}

function valuesOf(event: NotifierEvent, { title, text, priority, link }: Message): Values {
  const changes = 'changes' in event ? event.changes : []
  const address = (family: 4 | 6) => changes.find(change => change.family === family)?.address ?? ''
  return {
    id: event.id,
    type: event.type,
    device: 'device' in event ? event.device : '',
    title,
    message: text,
    priority: String(priority),
    time: new Date(event.at).toISOString(),
    link: link ?? '',
    ipv4: address(4),
    ipv6: address(6),
  }
}
