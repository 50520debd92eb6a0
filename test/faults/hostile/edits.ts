import type { Random } from '../../fixtures/random.ts'
import { editBody, editBytes } from './edit-body.ts'
import { digestOf, withDigest } from './honest.ts'
import type { Field, Message } from './message.ts'
import { fieldOf, withField } from './message.ts'
import { ODD_TEXTS } from './odd-values.ts'

/** Makes another message out of one. `others` are whatever else was heard on the path: requests and answers. */
export type Edit = <M extends Message>(random: Random, message: M, others: readonly Message[]) => M

/** By what they do, which is what the counts call them. The signature stays as it is, or is spoilt. */
export const EDITS = {
  'a byte of a field': (random, message) => {
    const at = random.below(message.fields.length)
    return {
      ...message,
      fields: message.fields.map((field, index) => (index === at ? byteEdited(random, field) : field)),
    }
  },
  'a byte of the body': (random, message) => ({ ...message, body: editBytes(random, message.body) }),
  'the body': (random, message) => ({ ...message, body: editBody(random, message.body) }),
  'body and digest together': (random, message) =>
    withDigest({ ...message, body: editBody(random, message.body) }),
  'parameters reordered': onParameters((random, parameters) => random.shuffled(parameters)),
  'a parameter doubled': onParameters((random, parameters) => {
    const one = random.pick(parameters)
    const again = random.oneIn(2) ? one : reTyped(random, one)
    return parameters.toSpliced(random.below(parameters.length + 1), 0, again)
  }),
  'a parameter left out': onParameters((random, parameters) =>
    parameters.toSpliced(random.below(parameters.length), 1),
  ),
  'a parameter re-typed': onParameters((random, parameters) =>
    parameters.with(random.below(parameters.length), reTyped(random, random.pick(parameters))),
  ),
  'a parameter of another value': onParameters((random, parameters) => {
    const at = random.below(parameters.length)
    const name = parameters[at]?.split('=')[0]
    return parameters.with(at, `${name}=${random.pick([quoted, plain])(random.pick(ODD_TEXTS))}`)
  }),
  'a parameter more': onParameters((random, parameters) => [
    ...parameters,
    random.pick([
      'expires=9999999999',
      'expires=1',
      'a',
      'req',
      `x="${random.pick(ODD_TEXTS)}"`,
      'created',
      'Created=1',
    ]),
  ]),
  'other components': onInput((random, input) =>
    input.replace(/\([^)]*\)/, `(${random.pick(OTHER_COMPONENTS)})`),
  ),
  'another label': (random, message) => {
    const label = random.pick(['other', '*', 'sig', '1sig', 'Sig', 'a b', '', '__proto__', ...ODD_TEXTS])
    const renamed = (text: string) => `${label}${text.slice(Math.max(0, text.indexOf('=')))}`
    const there = withField(message, 'signature-input', renamed(fieldOf(message, 'signature-input') ?? ''))
    return random.oneIn(3)
      ? there
      : withField(there, 'signature', renamed(fieldOf(message, 'signature') ?? ''))
  },
  'other blanks': onInput((random, input) => {
    const at = random.pick([0, ...[...input.matchAll(/[;=() "]/g)].map(match => match.index)])
    return `${input.slice(0, at)}${random.pick([' ', '  ', '\t', '\n'])}${input.slice(at)}`
  }),
  'a signature more': onInput((random, input) =>
    random.pick([
      `${input}, ${input}`,
      `${input}, other=()`,
      `${input}, x;y`,
      `other=(), ${input}`,
      `${input},`,
      `, ${input}`,
    ]),
  ),
  'another tag': onInput((random, input) =>
    input.replace(
      /tag="[^"]*"/,
      `tag="${random.pick(['ipupdater-ip', 'ipupdater-update', 'ipupdater-ip-answer', 'ipupdater-update-answer', 'ipupdater', ''])}"`,
    ),
  ),
  'another device': onInput((random, input) =>
    input.replace(
      /keyid="[^"]*"/,
      `keyid="${random.pick(['home', 'office', 'cabin', 'nobody', 'HOME', 'home ', ...ODD_TEXTS])}"`,
    ),
  ),
  'a field left out': (random, message) => ({
    ...message,
    fields: message.fields.toSpliced(random.below(message.fields.length), 1),
  }),
  'a field doubled': (random, message) => {
    const [name, value] = random.pick([...message.fields, ['signature', ''] as const])
    const again: Field = [name, random.pick([value, '', 'x=1', value.replace('home', 'office')])]
    return { ...message, fields: message.fields.toSpliced(random.below(message.fields.length + 1), 0, again) }
  },
  'fields exchanged': (random, message) => {
    const [first, ...rest] = message.fields.map(([, value]) => value)
    const values = [...rest, first ?? '']
    return {
      ...message,
      fields: message.fields.map(([name], index): Field => [name, values[index] ?? random.pick(ODD_TEXTS)]),
    }
  },
  'a field of another value': (random, message) => {
    const at = random.below(message.fields.length)
    const odd = random.pick(ODD_TEXTS)
    return {
      ...message,
      fields: message.fields.map(([name, value], index): Field => [name, index === at ? odd : value]),
    }
  },
  'another digest': (random, message) => {
    const digest = digestOf(message.body)
    const value = digest.slice('sha-256='.length)
    return withField(
      message,
      'content-digest',
      random.pick([
        ...[
          `sha-512=${value}`,
          `SHA-256=${value}`,
          `sha-256=${value.slice(1, -1)}`,
          `${digest}, ${digest}`,
          `${digest},`,
        ],
        ...[
          `sha-512=:AAAA:, ${digest}`,
          `${digest};a=1`,
          digestOf(random.bytes(8)),
          value,
          `sha-256=${value.replace('=', '')}`,
        ],
      ]),
    )
  },
  'another signature': (random, message) => {
    const [label = '', value = ''] = (fieldOf(message, 'signature') ?? '').split('=:')
    const mac = value.slice(0, -1)
    return withField(
      message,
      'signature',
      `${label}=${random.pick([
        ...[
          `:${random.bytes(32).toString('base64')}:`,
          `:${Buffer.alloc(32).toString('base64')}:`,
          '::',
          ':AA==:',
          '',
        ],
        ...[
          `:${mac.replace(/.=$/, spare => `${neighbour(spare)}=`)}:`,
          `:${mac.slice(0, -1)}:`,
          `"${mac}"`,
          mac,
        ],
        ...[
          `:${Buffer.from(mac, 'base64').toString('hex')}:`,
          `:${mac}${mac}:`,
          `:${mac}:, x=:AA==:`,
          `:${mac}:;a`,
        ],
      ])}`,
    )
  },
  'mixed with another': (random, message, others) => {
    const other = random.pick(others)
    const named = new Map(other.fields.map(([name, value]) => [name.toLowerCase(), value]))
    const fields = message.fields.map(
      ([name, value]): Field => [name, random.oneIn(2) ? value : (named.get(name.toLowerCase()) ?? value)],
    )
    return { ...message, fields, body: random.oneIn(2) ? message.body : other.body }
  },
  'another one reflected': (random, message, others) => {
    const { fields, body } = random.pick(others)
    return { ...message, fields, body }
  },
} as const satisfies Record<string, Edit>

export type EditName = keyof typeof EDITS
export const EDIT_NAMES = Object.keys(EDITS) as readonly EditName[]

function byteEdited(random: Random, [name, value]: Field): Field {
  const edit = (text: string) => editBytes(random, Buffer.from(text, 'latin1')).toString('latin1')
  return random.oneIn(10) ? [edit(name), value] : [name, edit(value)]
}

function onInput(edit: (random: Random, input: string) => string): Edit {
  return (random, message) =>
    withField(message, 'signature-input', edit(random, fieldOf(message, 'signature-input') ?? ''))
}

/** On the parameters alone. Where an edit before this one has left none, something else is changed. */
function onParameters(edit: (random: Random, parameters: readonly string[]) => readonly string[]): Edit {
  return onInput((random, input) => {
    const [head = '', ...parameters] = input.split(';')
    if (parameters.length === 0) return editBytes(random, Buffer.from(input, 'latin1')).toString('latin1')
    return [head, ...edit(random, parameters)].join(';')
  })
}

/** The same value as a String, an Integer, a Decimal, a Token, a Byte Sequence, a Date, a Boolean, or nothing. */
function reTyped(random: Random, parameter: string): string {
  const [name = '', ...rest] = parameter.split('=')
  const value = rest.join('=').replaceAll('"', '')
  const bytes = Buffer.from(value).toString('base64')
  return `${name}${random.pick(['', `="${value}"`, `=${value}`, `=${value}.0`, `=:${bytes}:`, `=@${value}`, '=?1', `=%"${value}"`, `=-${value}`, '=', `=(${value})`])}`
}

function quoted(text: string): string {
  return `"${text}"`
}

function plain(text: string): string {
  return text
}

/** The last letter of a padded base64 text but for a bit that stands for nothing. */
function neighbour(spare: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return letters[letters.indexOf(spare[0] ?? 'A') ^ 1] ?? 'B'
}

const OTHER_COMPONENTS = [
  ...[
    '',
    '"@method"',
    '"content-digest"',
    '"content-digest" "@method"',
    '"@method" "content-digest" "@path"',
  ],
  ...['"@method" "content-digest" "@method"', '"@method";req "content-digest"', '"@METHOD" "content-digest"'],
  ...[
    '"@method" "content-digest";sf',
    '"@status" "content-digest"',
    '@method content-digest',
    '"@method"  "content-digest"',
  ],
  ...[
    '"@method" "content-digest" "signature"',
    '"@method" "content-type"',
    '1 2',
    '"@method" ("content-digest")',
  ],
]
