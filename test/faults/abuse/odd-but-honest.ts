import type { Parts } from './odd-requests.ts'

/** Requests that look odd and say nothing else than `honest` does: so many times it is to be answered. */
export function oddButHonest({ fields, body }: Parts): Record<string, { bytes: Buffer; times: number }> {
  const length = `Content-Length: ${body.length}`
  const plain = lines(['POST /ip HTTP/1.1', 'Host: x', ...fields, length], body)
  const chunked = (text: string) =>
    lines(['POST /ip HTTP/1.1', 'Host: x', ...fields, 'Transfer-Encoding: chunked'], text)
  return {
    'as it is': once(plain),
    'ten in one go': { bytes: Buffer.concat(Array.from({ length: 10 }, () => plain)), times: 10 },
    'in chunks of a byte': once(chunked('1\r\n{\r\n1\r\n}\r\n0\r\n\r\n')),
    'a chunk size with zeros': once(chunked(`${'0'.repeat(100)}2\r\n{}\r\n0\r\n\r\n`)),
    'a chunk with an extension': once(chunked('2;a=b\r\n{}\r\n0\r\n\r\n')),
    'a trailer that would change it': once(
      chunked('2\r\n{}\r\n0\r\nSignature: other=:AA==:\r\nContent-Digest: x\r\n\r\n'),
    ),
    'names in capitals': once(
      lines(['POST /ip HTTP/1.1', 'HOST: x', ...fields.map(upperName), length.toUpperCase()], body),
    ),
    'blanks around values': once(
      lines(
        ['POST /ip HTTP/1.1', 'Host: x', ...fields.map(line => `${line.replace(': ', ':\t  ')} \t`), length],
        body,
      ),
    ),
    'a hundred fields more': once(
      lines(
        [
          'POST /ip HTTP/1.1',
          'Host: x',
          ...fields,
          length,
          ...Array.from({ length: 100 }, (_, index) => `x-${index}: ${'y'.repeat(90)}`),
        ],
        body,
      ),
    ),
    'empty lines in front': once(Buffer.concat([Buffer.from('\r\n\r\n'), plain])),
    'HTTP/1.0': once(lines(['POST /ip HTTP/1.0', ...fields, length], body)),
    'a whole URL': once(lines(['POST http://x/ip HTTP/1.1', 'Host: x', ...fields, length], body)),
    'a query': once(lines(['POST /ip?a=1 HTTP/1.1', 'Host: x', ...fields, length], body)),
    'forwarded by nobody': once(
      lines(
        [
          'POST /ip HTTP/1.1',
          'Host: x',
          'X-Forwarded-For: 203.0.113.7',
          'Forwarded: for=203.0.113.7',
          ...fields,
          length,
        ],
        body,
      ),
    ),
  }
}

function once(bytes: Buffer): { bytes: Buffer; times: number } {
  return { bytes, times: 1 }
}

function upperName(line: string): string {
  return line.replace(/^[^:]*/, name => name.toUpperCase())
}

function lines(head: readonly string[], body: string): Buffer {
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1')
}
