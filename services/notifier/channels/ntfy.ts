import type { Channel } from './channel.ts'
import type { Send } from './http.ts'
import type { ToMessage } from './message.ts'

export interface NtfyOptions {
  /** The topic's address, such as https://ntfy.sh/a-long-name */
  readonly url: URL
  readonly token: string | null
  readonly send: Send
  readonly toMessage: ToMessage
}

/** A JSON POST to the server's root (docs.ntfy.sh/publish/#publish-as-json): headers could not hold all characters. */
export function ntfy({ url, token, send, toMessage }: NtfyOptions): Channel {
  const topic = topicOf(url)
  const root = new URL('/', url)
  root.username = url.username
  root.password = url.password
  return {
    name: 'ntfy',
    kind: 'alert',
    accepts: () => true,
    send(event, signal) {
      const { title, text, priority, tag, link } = toMessage(event)
      const body = JSON.stringify({
        topic,
        title,
        message: text,
        priority,
        tags: [tag],
        ...(link === null ? {} : { click: link }),
      })
      const headers = {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      }
      return send({ method: 'POST', url: root, headers, body }, signal)
    },
  }
}

/** The one segment of the path. @throws RangeError */
export function topicOf(url: URL): string {
  const [, topic] = /^\/([A-Za-z0-9_-]{1,64})\/?$/.exec(url.pathname) ?? []
  if (topic === undefined || url.search !== '') throw new RangeError('not the address of a topic')
  return topic
}
