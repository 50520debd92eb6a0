import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SettingsError } from '@ipupdater/runtime'
import { readNotifierSettings } from './settings.ts'

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readNotifierSettings(env)
  } catch (error) {
    if (error instanceof SettingsError) return error.faults
    throw error
  }
  return []
}
const whsec = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

test('nothing needs to be set', () => {
  const { settings, publish } = readNotifierSettings({})
  assert.deepEqual([settings.ntfyUrl, settings.smtp, settings.remindSeconds, publish], [null, null, null, []])
  assert.deepEqual([settings.silentSeconds, settings.afterSeconds, settings.alertOn.length], [86_400, 0, 5])
})

test('no secret is shown at start: of a URL only its origin', () => {
  const { shown } = readNotifierSettings({
    ALERT_NTFY_URL: 'https://ntfy.sh/s3cret',
    ALERT_NTFY_TOKEN: 'tk_s3cret',
    ALERT_WEBHOOK_URL: 'https://s3cret:s3cret@example.org/s3cret?s3cret=1',
    ALERT_WEBHOOK_SECRET: whsec,
    ALERT_TEMPLATE_URL: 'https://api.telegram.org/bots3cret/sendMessage',
    ALERT_TEMPLATE_BODY: '{"s3cret": "{message}"}',
    ALERT_SMTP_URL: 'smtp://s3cret:s3cret@mail.example.org',
    ALERT_MAIL_FROM: 'a@example.org',
    ALERT_MAIL_TO: 'b@example.org',
    HEARTBEAT_URL: 'https://hc-ping.com/s3cret',
    PUBLISH_HOME_URL: 'https://www.duckdns.org/update?token=s3cret&ip={ipv4}',
    PUBLISH_HOME_AUTH: 's3cret:s3cret',
  })
  assert.ok(!JSON.stringify(shown).includes('s3cret'), JSON.stringify(shown))
  assert.ok(!JSON.stringify(shown).includes(whsec))
  assert.equal(shown.ALERT_NTFY_URL, 'https://ntfy.sh/…')
  assert.equal(shown.ALERT_SMTP_URL, 'smtp://…@mail.example.org:587')
  assert.equal(shown.PUBLISH_HOME_URL, 'https://www.duckdns.org/…')
})

test('no fault contains a secret', () => {
  for (const env of [
    { ALERT_NTFY_URL: 'https://ntfy.sh/s3cret/s3cret' },
    { ALERT_NTFY_TOKEN: 's3cret s3cret' },
    { ALERT_WEBHOOK_SECRET: 'whsec_s3cret' },
    { ALERT_TEMPLATE_BODY: 's3cret' },
    { ALERT_SMTP_URL: 'http://s3cret' },
    { HEARTBEAT_URL: 's3cret' },
    { PUBLISH_HOME_URL: 'https://s3cret' },
    { PUBLISH_HOME_AUTH: 's3cret s3cret' },
  ]) {
    const faults = faultsOf(env)
    assert.ok(faults.length > 0, JSON.stringify(env))
    assert.ok(!faults.join().includes('s3cret'), faults.join())
  }
})

test('a channel that is set by half is refused, with the name of the other half', () => {
  const url = 'https://example.org/x'
  for (const [env, missing] of [
    [{ ALERT_WEBHOOK_URL: url }, 'ALERT_WEBHOOK_SECRET'],
    [{ ALERT_WEBHOOK_SECRET: whsec }, 'ALERT_WEBHOOK_URL'],
    [{ ALERT_NTFY_TOKEN: 'tk' }, 'ALERT_NTFY_URL'],
    [{ ALERT_TEMPLATE_URL: url }, 'ALERT_TEMPLATE_BODY'],
    [{ ALERT_TEMPLATE_BODY: 'a={message}' }, 'ALERT_TEMPLATE_URL'],
    [{ ALERT_SMTP_URL: 'smtp://mail.example.org', ALERT_MAIL_TO: 'a@example.org' }, 'ALERT_MAIL_FROM'],
    [{ ALERT_SMTP_URL: 'smtp://mail.example.org', ALERT_MAIL_FROM: 'a@example.org' }, 'ALERT_MAIL_TO'],
    [{ ALERT_MAIL_TO: 'a@example.org' }, 'ALERT_SMTP_URL'],
    [{ PUBLISH_HOME_AUTH: 'token' }, 'PUBLISH_HOME_URL'],
    [{ PORT: '9', METRICS_PORT: '9' }, 'PORT'],
  ] as const) {
    const faults = faultsOf(env)
    assert.equal(faults.length, 1, faults.join())
    assert.ok(faults[0]?.includes(missing), faults.join())
  }
})

test('an unknown ALERT_ or PUBLISH_ variable is refused: a channel must not be silent by a typing error', () => {
  for (const name of ['ALERT_TELEGRAM_TOKEN', 'PUBLISH_HOME_TOKEN', 'ALERT_NTFY_URl']) {
    assert.equal(faultsOf({ [name]: 'x' }).length, 1, name)
  }
})

test('PUBLISH_MY_NAS_URL is for the device my-nas; a colon makes the authentication Basic', () => {
  const { publish } = readNotifierSettings({
    PUBLISH_MY_NAS_URL: 'https://u.example/?a={ipv4}',
    PUBLISH_MY_NAS_AUTH: 'me:p:w',
    PUBLISH_2_URL: 'https://u.example/?a={ipv6}',
    PUBLISH_2_AUTH: 'tok.en',
    PUBLISH_3_URL: 'https://u.example/?a={ipv6}',
  })
  assert.deepEqual(
    publish.map(({ device, authorization }) => [device, authorization]),
    [
      ['my-nas', `Basic ${Buffer.from('me:p:w').toString('base64')}`],
      ['2', 'Bearer tok.en'],
      ['3', null],
    ],
  )
  assert.equal(faultsOf({ PUBLISH__X_URL: 'https://u.example/?a={ipv4}' }).length, 1)
})

test('e-mail addresses may have names; a line end in one is refused', () => {
  const smtp = { ALERT_SMTP_URL: 'smtp://mail.example.org' }
  const to = (ALERT_MAIL_TO: string) => faultsOf({ ...smtp, ALERT_MAIL_FROM: 'a@example.org', ALERT_MAIL_TO })
  assert.deepEqual(to('me <me@example.org>, you@example.org'), [])
  for (const wrong of ['me', 'a@b@c', 'me <me@example.org', 'a@example.org\nBcc: b@example.org', '']) {
    assert.equal(to(wrong).length, 1, wrong)
  }
})
