import type { Random } from '../../fixtures/random.ts'

/**
 * Bytes that no honest client sends, by what is odd about them. `honest`, a question that would be accepted, stands
 * in many of them, so that it is the oddity that must be refused.
 */
export function oddRequests(random: Random, honest: Parts): Record<string, Buffer> {
  const { fields, body } = honest
  const post = (...lines: string[]) => request('POST /ip HTTP/1.1', ['Host: x', ...fields, ...lines], body)
  const chunked = (text: string, ...lines: string[]) =>
    request('POST /ip HTTP/1.1', ['Host: x', ...fields, 'Transfer-Encoding: chunked', ...lines], text)
  const first = (line: string) =>
    request(line, ['Host: x', ...fields, `Content-Length: ${body.length}`], body)
  return {
    ...named('two lengths', post('Content-Length: 2', 'Content-Length: 3')),
    ...named('two lengths in one line', post('Content-Length: 2, 3')),
    ...named('the same length twice', post('Content-Length: 2', 'Content-Length: 2')),
    ...named(
      'a length that is none',
      ...['-2', '+2', '0x2', '2.0', '2e0', '', ' ', '٢', '2 2', '9'.repeat(30)].map(length =>
        post(`Content-Length: ${length}`),
      ),
    ),
    ...named('a length beyond every limit', post(`Content-Length: ${2 ** 53 - 1}`)),
    ...named('a length longer than the body', post('Content-Length: 99')),
    ...named('a length shorter than the body', post('Content-Length: 1')),
    ...named('no length', post()),
    ...named(
      'a length and chunks',
      chunked('2\r\n{}\r\n0\r\n\r\n', 'Content-Length: 2'),
      chunked('0\r\n\r\n', 'Content-Length: 6'),
    ),
    ...named(
      'other codings',
      ...['gzip', 'identity', 'xchunked', 'chunked, gzip', '\x0bchunked', 'chunked\x00'].map(coding =>
        post(`Transfer-Encoding: ${coding}`, 'Content-Length: 2'),
      ),
    ),
    ...named('chunked twice', chunked('2\r\n{}\r\n0\r\n\r\n', 'Transfer-Encoding: chunked')),
    ...named(
      'a chunk size that is none',
      ...['-2', '0x2', ' 2', 'g', '2 2', '', '2\n{}', 'f'.repeat(17), '2\0'].map(size =>
        chunked(`${size}\r\n{}\r\n0\r\n\r\n`),
      ),
    ),
    ...named('a chunk shorter than its size', chunked('9\r\n{}\r\n0\r\n\r\n')),
    ...named('a chunk longer than its size', chunked('1\r\n{}\r\n0\r\n\r\n')),
    ...named('chunks without an end', chunked('2\r\n{}\r\n')),
    ...named(
      'chunk extensions without end',
      chunked(`2;${'a=b;'.repeat(10_000)}\r\n{}\r\n0\r\n\r\n`),
      chunked('1;x\r\n \r\n'.repeat(20_000)),
    ),
    ...named('chunks of a byte without end', chunked('1\r\n \r\n'.repeat(100_000))),
    ...named('trailers without end', chunked(`2\r\n{}\r\n0\r\n${'a: b\r\n'.repeat(20_000)}\r\n`)),
    ...named('chunks beyond the largest body', chunked(`3000\r\n${' '.repeat(0x3000)}\r\n0\r\n\r\n`)),
    ...named(
      'a signature in the trailer',
      request(
        'POST /ip HTTP/1.1',
        ['Host: x', 'Transfer-Encoding: chunked', 'Trailer: Signature'],
        `2\r\n{}\r\n0\r\n${fields.join('\r\n')}\r\n\r\n`,
      ),
    ),
    ...named(
      'another body under the digest',
      request('POST /ip HTTP/1.1', ['Host: x', ...fields, 'Content-Length: 3'], '{ }'),
    ),
    ...named('a header without end', request('POST /ip HTTP/1.1', [`X: ${'x'.repeat(100_000)}`], '')),
    ...named(
      'ever more headers',
      request(
        'POST /ip HTTP/1.1',
        ['Host: x', ...Array.from({ length: 5_000 }, (_, index) => `x${index}: y`)],
        '',
      ),
    ),
    ...named(
      'ever more signatures',
      request('POST /ip HTTP/1.1', ['Host: x', ...Array.from({ length: 300 }, () => 'signature: a=::')], ''),
    ),
    ...named('a path without end', first(`POST /${'a'.repeat(100_000)} HTTP/1.1`)),
    ...named('no host', request('POST /ip HTTP/1.1', [...fields, 'Content-Length: 2'], body)),
    ...named(
      'a line that is no field',
      ...['no colon', ': no name', 'Host : x', ' folded: x', 'a\0b: x', 'a: \0', 'a: \x01', 'ä: x'].map(
        line => post(line, 'Content-Length: 2'),
      ),
    ),
    ...named(
      'a bare line feed',
      Buffer.from(`POST /ip HTTP/1.1\nHost: x\n${fields.join('\n')}\nContent-Length: 2\n\n{}`),
    ),
    ...named('a bare carriage return', Buffer.from(`POST /ip HTTP/1.1\rHost: x\r${fields.join('\r')}\r\r{}`)),
    ...named(
      'other versions',
      ...['HTTP/1.2', 'HTTP/3', 'HTTP/9.9', 'HTTP/11', 'HTTPS/1.1', 'http/1.1', ''].map(version =>
        first(`POST /ip ${version}`),
      ),
    ),
    ...named(
      'other methods',
      ...['post', 'GET', 'PUT', 'DELETE', 'TRACE', 'PATCH', 'BREW', 'PRI', 'CONNECT', 'M-SEARCH', ''].map(
        method => first(`${method} /ip HTTP/1.1`),
      ),
    ),
    ...named(
      'other targets',
      ...[
        '*',
        '/',
        '//ip',
        '/ip/..',
        '/%69p%00',
        '/%ff',
        '/%',
        '/../ip',
        'ip',
        'x:443',
        '/healthz/../ip',
        '/\\ip',
        '/__proto__',
        '/constructor',
        `/${'../'.repeat(1_000)}`,
      ].map(target => first(`POST ${target} HTTP/1.1`)),
    ),
    ...named('a tunnel', Buffer.from('CONNECT ip:443 HTTP/1.1\r\nHost: ip:443\r\n\r\n')),
    ...named(
      'another protocol',
      post('Upgrade: websocket', 'Connection: Upgrade', 'Content-Length: 1'),
      request(
        'GET /ip HTTP/1.1',
        [
          'Host: x',
          'Connection: Upgrade, HTTP2-Settings',
          'Upgrade: h2c',
          'HTTP2-Settings: AAMAAABkAAQAAP__',
        ],
        '',
      ),
    ),
    ...named(
      'expectations',
      request('POST /ip HTTP/1.1', ['Host: x', 'Expect: a miracle', 'Content-Length: 2'], body),
      request('POST /ip HTTP/1.1', ['Host: x', 'Expect: 100-continue', 'Content-Length: 9'], '{}'),
    ),
    ...named('compressed', post('Content-Encoding: gzip', 'Content-Length: 3')),
    ...named(
      'requests smuggled behind one',
      Buffer.concat([post('Content-Length: 2', 'Content-Length : 99'), post('Content-Length: 9')]),
    ),
    ...named('HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')),
    ...named(
      'TLS',
      Buffer.from('16030100c4010000c00303', 'hex'),
      Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), random.bytes(512)]),
    ),
    ...named('SSH', Buffer.from('SSH-2.0-OpenSSH_9.9\r\n')),
    ...named('HTTP/0.9', Buffer.from('GET /\r\n')),
    ...named('nothing but zeros', Buffer.alloc(100_000)),
    ...named('nothing but line ends', Buffer.from('\r\n'.repeat(50_000))),
    ...named('noise', ...[1, 3, 100, 60_000].map(size => random.bytes(size))),
  }
}

/** The header lines and the body of an honest message, without its length. */
export interface Parts {
  readonly fields: readonly string[]
  readonly body: string
}

function request(first: string, lines: readonly string[], body: string): Buffer {
  return Buffer.from(`${first}\r\n${lines.map(line => `${line}\r\n`).join('')}\r\n${body}`, 'latin1')
}

function named(name: string, ...all: readonly Buffer[]): Record<string, Buffer> {
  return Object.fromEntries(
    all.map((bytes, index) => [all.length === 1 ? name : `${name} (${index + 1})`, bytes]),
  )
}
