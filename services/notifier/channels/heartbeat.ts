import type { Channel } from './channel.ts'
import type { Send } from './http.ts'

/** Pings a dead man's switch such as healthchecks.io: a notifier that has died cannot report itself. */
export function heartbeat({ url, send }: { url: URL; send: Send }): Channel {
  return {
    name: 'heartbeat',
    kind: 'alert',
    // It is sent on a schedule, not for events.
    accepts: () => false,
    send: (_event, signal) => send({ method: 'GET', url }, signal),
  }
}
