import type { SettingsShape } from '@ipupdater/runtime'
import { parsed, secret } from '@ipupdater/runtime'
import type { MailServer } from '../channels/mail.ts'
import { parseMailServer } from '../channels/mail.ts'
import { topicOf } from '../channels/ntfy.ts'
import type { BodyTemplate } from '../channels/template.ts'
import { parseBodyTemplate, placeholders } from '../channels/template.ts'
import { parseWebhookSecret } from '../channels/webhook.ts'
import { mailAddress, readToken, secretUrl } from './kinds.ts'

/** Where messages go. A channel exists if its URL is set. */
export interface ChannelSettings {
  webhookUrl: URL | null
  webhookSecret: Buffer | null
  ntfyUrl: URL | null
  ntfyToken: string | null
  templateUrl: URL | null
  templateBody: BodyTemplate | null
  smtp: MailServer | null
  mailFrom: string | null
  mailTo: string | null
  heartbeatUrl: URL | null
}

export const channelSettings: SettingsShape<ChannelSettings> = {
  ntfyUrl: secretUrl({
    name: 'ALERT_NTFY_URL',
    description: 'The address of a topic of ntfy. Such as https://ntfy.sh/a-long-random-name',
    expected: 'the URL of an ntfy topic, without a query',
    example: 'https://ntfy.sh/a-long-random-name',
    check: topicOf,
  }),
  ntfyToken: secret({
    name: 'ALERT_NTFY_TOKEN',
    description: 'The access token for that topic, if it needs one.',
    expected: 'an access token',
    refusal: 'is not an access token: it contains a space or a character outside ASCII.',
    read: readToken,
    default: null,
  }),
  webhookUrl: secretUrl({
    name: 'ALERT_WEBHOOK_URL',
    description: 'Where each event is sent as signed JSON (Standard Webhooks).',
    expected: 'an http:// or https:// URL',
    example: 'https://example.org/hooks/ipupdater',
  }),
  webhookSecret: secret({
    name: 'ALERT_WEBHOOK_SECRET',
    description: 'The key of these signatures. Make one: echo whsec_$(openssl rand -base64 32)',
    expected: 'a webhook secret',
    refusal: 'is not "whsec_" and 24 to 64 bytes in base64. Make one: echo whsec_$(openssl rand -base64 32)',
    read: parseWebhookSecret,
    default: null,
  }),
  templateUrl: secretUrl({
    name: 'ALERT_TEMPLATE_URL',
    description: 'Where each event is sent in the form of ALERT_TEMPLATE_BODY.',
    expected: 'an http:// or https:// URL',
    example: 'https://example.org/hooks/ipupdater',
  }),
  templateBody: parsed<BodyTemplate, null>({
    name: 'ALERT_TEMPLATE_BODY',
    description: 'JSON, or a form such as text={message}; docs/notifications.md has examples.',
    expected: `JSON or a form with only these placeholders: ${placeholders.map(name => `{${name}}`).join(' ')}`,
    example: '{"text": "{title}: {message}"}',
    read: parseBodyTemplate,
    show: () => '(redacted)',
    secret: true,
    default: null,
  }),
  smtp: parsed<MailServer, null>({
    name: 'ALERT_SMTP_URL',
    description:
      'The mail server; smtps:// has TLS at once. Such as smtp://USER:PASSWORD@mail.example.org:587',
    expected: 'the URL of a mail server, its user and password URL-encoded',
    example: 'smtp://USER:PASSWORD@mail.example.org:587',
    read: parseMailServer,
    show: ({ host, port, isTls }) => `${isTls ? 'smtps' : 'smtp'}://…@${host}:${port}`,
    secret: true,
    default: null,
  }),
  mailFrom: mailAddress('ALERT_MAIL_FROM', 'The sender of e-mail. Such as ipupdater@example.org'),
  mailTo: mailAddress('ALERT_MAIL_TO', 'The recipients of e-mail, separated by commas.'),
  heartbeatUrl: secretUrl({
    name: 'HEARTBEAT_URL',
    description:
      'Called every minute while the notifier works, for healthchecks.io, Uptime Kuma and the like.',
    expected: 'an http:// or https:// URL',
    example: 'https://example.org/hooks/ipupdater',
  }),
}

/** Settings that are valid one by one but do not fit together. */
export function* channelContradictions(settings: ChannelSettings): Generator<string> {
  const { webhookUrl, webhookSecret, ntfyUrl, ntfyToken, templateUrl, templateBody } = settings
  const { smtp, mailFrom, mailTo } = settings
  if (webhookUrl !== null && webhookSecret === null) yield 'ALERT_WEBHOOK_URL needs ALERT_WEBHOOK_SECRET'
  if (webhookUrl === null && webhookSecret !== null) yield 'ALERT_WEBHOOK_SECRET needs ALERT_WEBHOOK_URL'
  if (ntfyUrl === null && ntfyToken !== null) yield 'ALERT_NTFY_TOKEN needs ALERT_NTFY_URL'
  if (templateUrl !== null && templateBody === null) yield 'ALERT_TEMPLATE_URL needs ALERT_TEMPLATE_BODY'
  if (templateUrl === null && templateBody !== null) yield 'ALERT_TEMPLATE_BODY needs ALERT_TEMPLATE_URL'
  if (smtp !== null && mailFrom === null) yield 'ALERT_SMTP_URL needs ALERT_MAIL_FROM'
  if (smtp !== null && mailTo === null) yield 'ALERT_SMTP_URL needs ALERT_MAIL_TO'
  if (smtp === null && mailTo !== null) yield 'ALERT_MAIL_TO needs ALERT_SMTP_URL'
}
