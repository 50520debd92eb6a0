import { createHmac } from 'node:crypto'
import type { NotifierEvent } from '../event.ts'
import type { Channel } from './channel.ts'
import type { Send } from './http.ts'
import type { ToMessage } from './message.ts'

export interface WebhookOptions {
  readonly url: URL
  /** The bytes after `whsec_`. */
  readonly key: Buffer
  readonly send: Send
  readonly toMessage: ToMessage
  /** ms since the epoch */
  readonly now: () => number
}

/** A signed JSON POST (standardwebhooks.com). The receiver drops doubles by `webhook-id`. */
export function webhook({ url, key, send, toMessage, now }: WebhookOptions): Channel {
  return {
    name: 'webhook',
    kind: 'alert',
    accepts: () => true,
    send(event, signal) {
      const body = encodePayload(event, toMessage)
      const headers = { 'content-type': 'application/json', ...signatureOf(key, event.id, now(), body) }
      return send({ method: 'POST', url, headers, body }, signal)
    },
  }
}

/** Standard Webhooks, "Payload structure": type, timestamp, data. */
function encodePayload(event: NotifierEvent, toMessage: ToMessage): string {
  const { id: _, type, at, ...data } = event
  const { title, text, link } = toMessage(event)
  return JSON.stringify({
    type,
    timestamp: new Date(at).toISOString(),
    data: { ...data, title, message: text, link },
  })
}

/** Standard Webhooks, "Signature scheme": HMAC-SHA256 over `id.timestamp.body`, in base64 after `v1,`. */
export function signatureOf(key: Buffer, id: string, nowMs: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000))
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` }
}

/** `whsec_` and 24 to 64 bytes in base64. @throws RangeError */
export function parseWebhookSecret(text: string): Buffer {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  const key = Buffer.from(base64, 'base64')
  if (key.length < 24 || key.length > 64) throw new RangeError('not a webhook secret')
  return key
}
