import type { Channel } from '../channels/channel.ts'
import type { EventType, NotifierEvent } from '../event.ts'
import { choiceOf } from '../event.ts'

/** Which channels an event is for. */
export interface Audience {
  /** By ALERT_ON. */
  alerts(event: NotifierEvent): Channel[]
  publishers(event: NotifierEvent): Channel[]
}

export function audienceOf(channels: readonly Channel[], alertOn: readonly EventType[]): Audience {
  return {
    alerts(event) {
      const choice = choiceOf(event)
      if (choice !== null && !alertOn.includes(choice)) return []
      return channels.filter(channel => channel.kind === 'alert' && channel.accepts(event))
    },
    publishers: event => channels.filter(channel => channel.kind === 'publish' && channel.accepts(event)),
  }
}
