import { createHash } from 'node:crypto'
import type { RequestOptions } from './signing.ts'
import {
  changing,
  digestOf,
  fieldNames,
  observed,
  parameterNames,
  request,
  secrets,
  setUnusedBits,
  update,
  wrongSecret,
} from './signing.ts'

export const requests = {
  about:
    'Requests to a server that knows these secrets, newest first. "fields" are the header lines in their order, without those that no rule uses. A refused request has the code of its problem; "signed" says whether its signature holds, so whether the refusal is signed.',
  secrets,
  accepted: [
    {
      name: 'a question for the address',
      device: 'home',
      secret: 0,
      ...request({ path: '/ip', body: '{}' }),
    },
    { name: 'an update', device: 'home', secret: 0, update: JSON.parse(update), ...request() },
    {
      name: 'an update without an interval',
      device: 'home',
      secret: 0,
      update: JSON.parse(observed),
      ...request({ body: observed }),
    },
    {
      name: 'an update of an IPv6 address',
      device: 'cabin',
      secret: 0,
      update: { address: '2001:db8::7', timestamp: 1763827200123 },
      ...request({
        body: '{"address":"2001:db8::7","timestamp":1763827200123}',
        parameters: { keyid: '"cabin"' },
        secret: secrets.cabin[0],
      }),
    },
    {
      name: 'the older of two secrets, during a rotation',
      device: 'home',
      secret: 1,
      update: JSON.parse(update),
      ...request({ secret: secrets.home[1] }),
    },
    {
      name: 'another label',
      device: 'home',
      secret: 0,
      update: JSON.parse(update),
      ...request({ label: '*my_sig-1.0' }),
    },
    {
      name: 'a label of 64 characters',
      device: 'home',
      secret: 0,
      update: JSON.parse(update),
      ...request({ label: 'x'.repeat(64) }),
    },
    {
      name: 'parameters in another order',
      device: 'home',
      secret: 0,
      update: JSON.parse(update),
      ...request({
        parameters: { created: '0' },
        order: parameterNames.toReversed(),
      }),
    },
    {
      name: 'the longest nonce',
      device: 'home',
      secret: 0,
      update: JSON.parse(update),
      ...request({ parameters: { nonce: `"${'x'.repeat(128)}"` } }),
    },
    {
      name: 'members in another order, with white space',
      device: 'home',
      secret: 0,
      update: JSON.parse(update),
      ...request({
        body: ' {\n "interval": 300,\t"timestamp": 1763827200123, "address": "203.0.113.7" }\r\n',
      }),
    },
    {
      name: 'the longest interval and the earliest timestamp',
      device: 'home',
      secret: 0,
      update: { address: '203.0.113.7', timestamp: 0, interval: 2678400 },
      ...request({ body: '{"address":"203.0.113.7","timestamp":0,"interval":2678400}' }),
    },
  ],
  refused: [
    ...fieldNames.map(name => refused(`no ${name}`, 'malformed', { send: changing(name, () => []) })),
    ...fieldNames.map(name =>
      refused(`${name} on two lines`, 'malformed', { send: changing(name, value => [value, value]) }),
    ),
    ...fieldNames.map(name =>
      refused(`${name} twice on one line`, 'malformed', {
        send: changing(name, value => `${value}, ${value}`),
      }),
    ),
    ...fieldNames.map(name => refused(`${name} empty`, 'malformed', { send: changing(name, () => '') })),
    ...parameterNames.map(name =>
      refused(`no "${name}"`, 'malformed', { parameters: { [name]: undefined } }),
    ),
    refused('"created" twice', 'malformed', { more: ';created=1763827200' }),
    refused('"nonce" twice', 'malformed', { more: ';nonce="AAECAwQFBgcICQoLDA0ODw"' }),
    refused('"keyid" twice, the last one honest', 'malformed', {
      parameters: { keyid: '"cabin"' },
      more: ';keyid="home"',
    }),
    refused('"alg" twice', 'malformed', { more: ';alg="hmac-sha256"' }),
    refused('"tag" twice, the last one right', 'malformed', {
      parameters: { tag: '"ipupdater-ip"' },
      more: ';tag="ipupdater-update"',
    }),
    refused('an unknown parameter: "expires"', 'malformed', { more: ';expires=1763827300' }),
    refused('an unknown parameter that is not registered', 'malformed', { more: ';x' }),
    ...[
      '"1763827200"',
      '1763827200.5',
      '1763827200.0',
      '01763827200',
      '-1',
      '@1763827200',
      'now',
      '1763827200123456',
    ].map(value => refused(`"created" is ${value}`, 'malformed', { parameters: { created: value } })),
    refused('a nonce of 21 characters', 'malformed', { parameters: { nonce: `"${'x'.repeat(21)}"` } }),
    refused('a nonce of 129 characters', 'malformed', { parameters: { nonce: `"${'x'.repeat(129)}"` } }),
    refused('a nonce in base64, not base64url', 'malformed', {
      parameters: { nonce: '"AAECAwQFBgcICQoLDA0O+/=="' },
    }),
    refused('a nonce as a token', 'malformed', { parameters: { nonce: 'AAECAwQFBgcICQoLDA0ODw' } }),
    refused('a nonce as bytes', 'malformed', { parameters: { nonce: ':AAECAwQFBgcICQoLDA0ODw==:' } }),
    ...['""', '"Home"', '"-home"', '"my home"', '"home.lan"', `"${'x'.repeat(64)}"`, 'home', '7'].map(value =>
      refused(`"keyid" is ${value}`, 'malformed', { parameters: { keyid: value } }),
    ),
    ...['"ed25519"', '"HMAC-SHA256"', 'hmac-sha256'].map(value =>
      refused(`"alg" is ${value}`, 'malformed', { parameters: { alg: value } }),
    ),
    ...['"ipupdater-ip"', '"ipupdater-update-answer"', '"Ipupdater-Update"', 'ipupdater-update'].map(value =>
      refused(`"tag" of an update is ${value}`, 'malformed', { parameters: { tag: value } }),
    ),
    refused('a question signed as an update', 'malformed', {
      path: '/ip',
      body: '{}',
      parameters: { tag: '"ipupdater-update"' },
    }),
    ...[
      '()',
      '("@method")',
      '("content-digest")',
      '("content-digest" "@method")',
      '("@method" "content-digest" "content-type")',
      '("@method" "content-digest" "content-digest")',
      '("@method" "content-digest" "@path")',
      '("@method" "content-digest";sf)',
      '("@method";req "content-digest")',
      '("@METHOD" "content-digest")',
      '(method "content-digest")',
    ].map(components => refused(`covered: ${components}`, 'malformed', { components })),
    refused('no list of components', 'malformed', {
      components: '',
      send: changing('signature-input', value => value.replace('=;', ';')),
    }),
    refused('two spaces between the components', 'malformed', {
      components: '("@method"  "content-digest")',
    }),
    refused('a space after a semicolon', 'malformed', {
      send: changing('signature-input', value => value.replace(';nonce', '; nonce')),
    }),
    refused('a space before signature-input', 'malformed', {
      send: changing('signature-input', value => ` ${value}`),
    }),
    refused('a comma after signature-input', 'malformed', {
      send: changing('signature-input', value => `${value},`),
    }),
    refused('a label of 65 characters', 'malformed', { label: 'x'.repeat(65) }),
    refused('a signature-input longer than 512 characters', 'malformed', {
      more: ';created=1763827200'.repeat(30),
    }),
    refused('an upper-case label', 'malformed', { label: 'Ipupdater' }),
    refused('two signatures', 'malformed', {
      send: lines =>
        Object.entries(lines).map(([name, value]) => [
          name,
          name === 'content-digest' ? value : `${value}, b${value.slice('ipupdater'.length)}`,
        ]),
    }),
    refused('a second signature-input without a signature', 'malformed', {
      send: changing('signature-input', value => `${value}, b${value.slice('ipupdater'.length)}`),
    }),
    refused('a second signature without an input', 'malformed', {
      send: changing('signature', value => `${value}, b${value.slice('ipupdater'.length)}`),
    }),
    refused('a signature with another label', 'malformed', {
      send: changing('signature', value => value.replace('ipupdater', 'sig')),
    }),
    refused('a signature with a parameter', 'malformed', {
      send: changing('signature', value => `${value};x`),
    }),
    refused('a signature of 31 bytes', 'malformed', {
      send: changing('signature', () => `ipupdater=:${Buffer.alloc(31).toString('base64')}:`),
    }),
    refused('a signature of 33 bytes', 'malformed', {
      send: changing('signature', () => `ipupdater=:${Buffer.alloc(33).toString('base64')}:`),
    }),
    refused('a signature without its padding', 'malformed', {
      send: changing('signature', value => value.replace(/=:$/, ':')),
    }),
    refused('a signature with unused bits set', 'malformed', {
      send: changing('signature', setUnusedBits),
    }),
    refused('a signature as a string', 'malformed', {
      send: changing('signature', value => value.replace(':', '"').replace(/:$/, '"')),
    }),
    refused('a digest with unused bits set', 'malformed', {
      send: changing('content-digest', setUnusedBits),
    }),
    refused('a digest of another algorithm', 'malformed', {
      send: changing(
        'content-digest',
        () => `sha-512=:${createHash('sha512').update(update).digest('base64')}:`,
      ),
    }),
    refused('a digest of another algorithm too', 'malformed', {
      send: changing(
        'content-digest',
        value => `sha-512=:${createHash('sha512').update(update).digest('base64')}:, ${value}`,
      ),
    }),
    refused('a digest with a parameter', 'malformed', {
      send: changing('content-digest', value => `${value};x`),
    }),
    refused('another method', 'malformed', { method: 'PUT' }),
    refused('a body that is not UTF-8', 'malformed', { body: Buffer.from([0x7b, 0xff, 0x7d]) }),
    refused('another body', 'digest-mismatch', { sendBody: update.replace('.7', '.8') }),
    refused('another digest', 'digest-mismatch', {
      send: changing('content-digest', () => digestOf('{}')),
    }),
    refused('another body with its own digest', 'not-authenticated', {
      sendBody: update.replace('.7', '.8'),
      send: changing('content-digest', () => digestOf(update.replace('.7', '.8'))),
    }),
    refused('an unknown secret', 'not-authenticated', { secret: wrongSecret }),
    refused('the secret of another device', 'not-authenticated', { secret: secrets.cabin[0] }),
    refused('the name of another device', 'not-authenticated', { parameters: { keyid: '"cabin"' } }),
    refused('an unknown device', 'not-authenticated', { parameters: { keyid: '"nobody"' } }),
    refused('a nonce that was not signed', 'not-authenticated', {
      send: changing('signature-input', value => value.replace('AAEC', 'AAED')),
    }),
    refused('a time that was not signed', 'not-authenticated', {
      send: changing('signature-input', value => value.replace('1763827200', '1763827201')),
    }),
    refused('parameters in an order that was not signed', 'not-authenticated', {
      send: changing('signature-input', value =>
        value.replace(';created=1763827200', '').replace(/$/, ';created=1763827200'),
      ),
    }),
    refused('a signature of zeros', 'not-authenticated', {
      send: changing('signature', () => `ipupdater=:${Buffer.alloc(32).toString('base64')}:`),
    }),
    ...[
      ['', 'no body'],
      ['{', 'no JSON'],
      ['null', 'null'],
      ['[]', 'an array'],
      [`\ufeff${update}`, 'a byte order mark'],
      ['{"timestamp":1763827200123}', 'no address'],
      ['{"address":"203.0.113.7"}', 'no timestamp'],
      ['{"address":"203.0.113.7","timestamp":1763827200123,"name":"home"}', 'an unknown member'],
      [
        '{"address":"203.0.113.7","timestamp":1763827200123,"__proto__":{"interval":1}}',
        'a member __proto__',
      ],
      ['{"address":"198.51.100.1","address":"203.0.113.7","timestamp":1763827200123}', 'two addresses'],
      ['{"address":"203.0.113.7","timestamp":0,"timestamp":1763827200123}', 'two timestamps'],
      [
        '{"address":"203.0.113.7","timestamp":0,"\\u0074imestamp":1763827200123}',
        'two timestamps, one escaped',
      ],
      ['{"address":7,"timestamp":1763827200123}', 'an address as a number'],
      ['{"address":"home.example.org","timestamp":1763827200123}', 'a name as address'],
      ['{"address":"203.0.113.07","timestamp":1763827200123}', 'an address with a leading zero'],
      ['{"address":"2001:DB8::7","timestamp":1763827200123}', 'an address in upper case'],
      ['{"address":"2001:db8:0:0:0:0:0:7","timestamp":1763827200123}', 'an address that is not shortened'],
      ['{"address":"::ffff:203.0.113.7","timestamp":1763827200123}', 'an IPv4-mapped address'],
      ['{"address":"fe80::7%eth0","timestamp":1763827200123}', 'an address with a zone'],
      ['{"address":"203.0.113.7","timestamp":"1763827200123"}', 'a timestamp as a string'],
      ['{"address":"203.0.113.7","timestamp":1763827200123.5}', 'a timestamp with a fraction'],
      ['{"address":"203.0.113.7","timestamp":-1}', 'a timestamp below zero'],
      [
        '{"address":"203.0.113.7","timestamp":9007199254740992}',
        'a timestamp that a double does not hold exactly',
      ],
      ['{"address":"203.0.113.7","timestamp":1763827200123,"interval":0}', 'an interval of nothing'],
      ['{"address":"203.0.113.7","timestamp":1763827200123,"interval":2678401}', 'an interval over 31 days'],
      ['{"address":"203.0.113.7","timestamp":1763827200123,"interval":"300"}', 'an interval as a string'],
      ['{"address":"203.0.113.7","timestamp":1763827200123,"interval":null}', 'an interval of null'],
    ].map(([body = '', name = '']) => refused(`body: ${name}`, 'malformed', { body }, true)),
    ...['', '[]', '{"address":"203.0.113.7"}', 'null'].map(body =>
      refused(`question: ${body || 'no body'}`, 'malformed', { path: '/ip', body }, true),
    ),
  ],
}

function refused(name: string, code: string, options: RequestOptions, signed = false) {
  const { base: _, ...message } = request(options)
  return { name, code, signed, ...message }
}
