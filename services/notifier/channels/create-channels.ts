import type { PublishTarget } from '../settings/publish-settings.ts'
import type { NotifierSettings } from '../settings.ts'
import type { Channel } from './channel.ts'
import { heartbeat } from './heartbeat.ts'
import type { Send } from './http.ts'
import { mail } from './mail.ts'
import { messageWriter } from './message.ts'
import { ntfy } from './ntfy.ts'
import type { PublishOptions } from './publish.ts'
import { publish } from './publish.ts'
import { template } from './template.ts'
import { webhook } from './webhook.ts'

export interface Channels {
  /** Those that take events. */
  readonly events: readonly Channel[]
  readonly heartbeat: Channel | null
}

export interface ChannelDeps {
  readonly send: Send
  readonly addressesOf: PublishOptions['addressesOf']
  readonly now: () => number
  /** Of the times in messages; an IANA name. */
  readonly timeZone: string
}

/** The channels that are set. */
export function createChannels(
  settings: NotifierSettings,
  targets: readonly PublishTarget[],
  { send, addressesOf, now, timeZone }: ChannelDeps,
): Channels {
  const { ntfyUrl, ntfyToken, webhookUrl, webhookSecret, templateUrl, templateBody } = settings
  const { smtp, mailFrom, mailTo, heartbeatUrl } = settings
  const common = { send, toMessage: messageWriter({ link: settings.link, timeZone }) }
  const events: Channel[] = []
  if (ntfyUrl) events.push(ntfy({ ...common, url: ntfyUrl, token: ntfyToken }))
  if (webhookUrl && webhookSecret)
    events.push(webhook({ ...common, url: webhookUrl, key: webhookSecret, now }))
  if (templateUrl && templateBody) events.push(template({ ...common, url: templateUrl, body: templateBody }))
  if (smtp && mailFrom && mailTo) events.push(mail({ ...common, server: smtp, from: mailFrom, to: mailTo }))
  for (const target of targets) events.push(publish({ ...target, addressesOf, send }))
  return { events, heartbeat: heartbeatUrl && heartbeat({ url: heartbeatUrl, send }) }
}
