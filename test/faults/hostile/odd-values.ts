/** Texts that programs have tripped over. Those beyond ASCII stand as their UTF-8 bytes would in a header. */
export const ODD_TEXTS: readonly string[] = [
  ...['', ' ', '\t', '\0', '\x7f', '\x1b[2J', '"', '\\', '\\"', "'", '`', '%00', '%s%n', '#{7*7}', '{{7*7}}'],
  ...['ä', '名前', '\u{1f511}', '\u202e', '\ufeff', '\u2028', 'ｈｏｍｅ'].map(inLatin1),
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
    'null',
    'undefined',
    'NaN',
    'true',
  ],
  ...[
    '0',
    '00',
    '-0',
    '-1',
    '1.5',
    '1e3',
    '1e999',
    '0x10',
    '9007199254740993',
    '9'.repeat(15),
    '9'.repeat(400),
  ],
  ...[
    '?1',
    '?0',
    ':AAAA:',
    '::',
    '@1763827200',
    '%"f%c3%bc"',
    '("@method")',
    '()',
    '*',
    'token',
    '"x"',
    '1;a=1',
  ],
  ...[
    "'; DROP TABLE devices; --",
    '../../etc/passwd',
    '<script>',
    '\r\nX-Injected: 1',
    '\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  ],
  'x'.repeat(3_000),
]

export const ODD_ADDRESSES: readonly string[] = [
  ...[
    '127.1',
    '0x7f.0.0.1',
    '127.0.0.01',
    '2130706433',
    '127.0.0.1 ',
    '127.0.0.1:80',
    '127.0.0.1/32',
    '１２７.0.0.1',
  ],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::1',
    '::1%lo',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '2001:DB8::1',
  ],
  ...[
    '2001:db8:0:0:1::1',
    '2001:db8::0:1',
    '8.8.8.8',
    '203.0.113.7',
    '2606:4700::1111',
    'localhost',
    '255.255.255.256',
  ],
]

/** As they stand in JSON. */
export const ODD_JSON: readonly string[] = [
  ...[
    'null',
    'true',
    '[]',
    '{}',
    '[1]',
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '"__proto__"',
    '{"__proto__":{"x":1}}',
  ],
  ...['0', '-0', '-1', '1.5', '1.0', '1e3', '1E400', '-1e400', '0x10', '017', '+1', '.5', 'NaN', 'Infinity'],
  ...['9007199254740991', '9007199254740992', `${'9'.repeat(400)}`, '"1763827200123"', '1763827200123.0'],
]

export const ODD_BODIES: readonly string[] = [
  ...[
    '',
    ' ',
    '{',
    '}',
    '[]',
    '[{}]',
    'null',
    '0',
    '"{}"',
    '{}{}',
    '{},',
    '\ufeff{}',
    ' {} ',
    '{}\0',
    '\0{}',
    '{"":0}',
  ],
  ...[
    '{"__proto__":{"address":"127.0.0.1","timestamp":1}}',
    '{"constructor":{"prototype":{}}}',
    '{"__proto__":null}',
  ],
  ...[
    '['.repeat(4_000),
    '{"a":'.repeat(1_500),
    `{"address":"${'1'.repeat(5_000)}","timestamp":1}`,
    'x'.repeat(9_000),
  ],
  ...[
    'address=127.0.0.1&timestamp=1',
    '<update/>',
    '//{}',
    '{/**/}',
    "{'address':1}",
    '{"address"}',
    '{"a":1,}',
  ],
]

function inLatin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}
