import type { Random } from '../../fixtures/random.ts'
import { ODD_ADDRESSES, ODD_BODIES, ODD_JSON, ODD_TEXTS } from './odd-values.ts'

/** Another body in the place of this one. */
export function editBody(random: Random, body: Buffer): Buffer {
  return random.pick(BODY_EDITS)(random, body)
}

/** A byte changed, put in, left out, or everything after it cut off. */
export function editBytes(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  const one = random.bytes(1)
  switch (random.below(5)) {
    case 0:
      return Buffer.concat([before, one, after])
    case 1:
      return Buffer.concat([before, after.subarray(1)])
    case 2:
      return before
    case 3: // one bit
      return Buffer.concat([
        before,
        Buffer.from([(after[0] ?? 0) ^ (1 << random.below(8))]),
        after.subarray(1),
      ])
    default:
      return Buffer.concat([before, one, after.subarray(1)])
  }
}

type BodyEdit = (random: Random, body: Buffer) => Buffer

const BODY_EDITS: readonly BodyEdit[] = [
  editBytes,
  random => Buffer.from(random.pick(ODD_BODIES)),
  onText((random, text) => text.replace(/:[^,}]*/, `:${JSON.stringify(random.pick(ODD_ADDRESSES))}`)),
  onText((random, text) => text.replace(/"timestamp":\d+/, `"timestamp":${random.pick(ODD_JSON)}`)),
  // Another time, near and far.
  onText((random, text) =>
    text.replace(
      /"timestamp":(\d+)/,
      (_, time) => `"timestamp":${Math.max(0, Number(time) + random.pick(SHIFTS))}`,
    ),
  ),
  onText((random, text) =>
    text.replace(/:([^,}]*)(?=[,}])/g, value => (random.oneIn(2) ? `:${random.pick(ODD_JSON)}` : value)),
  ),
  // A member more; at times one that is there already, in front or behind.
  onText((random, text) => {
    const name = random.pick([
      '"address"',
      '"timestamp"',
      '"interval"',
      '"__proto__"',
      '"\\u0061ddress"',
      JSON.stringify(random.pick(ODD_TEXTS)),
    ])
    const member = `${name}:${random.pick(['1', '"127.0.0.1"', '300', ...ODD_JSON])}`
    return random.oneIn(2) ? text.replace('{', `{${member},`) : text.replace(/}$/, `,${member}}`)
  }),
  // A member less.
  onText((random, text) => `{${random.shuffled(text.slice(1, -1).split(',')).slice(1).join(',')}}`),
  // The same in other words.
  onText(
    (random, text) =>
      `{${random.shuffled(text.slice(1, -1).split(',')).join(random.pick([',', ' , ', ',\n']))}}`,
  ),
  onText((_, text) => text.replace('"address"', '"\\u0061ddress"')),
  onText((random, text) =>
    text.replace(
      '"address"',
      random.pick(['"Address"', "'address'", 'address', '"address "', '"addr\\"ess"']),
    ),
  ),
  onText(
    (random, text) =>
      `${random.pick(['', ' ', '\ufeff', '\0', ',', ")]}'\n"])}${text}${random.pick(['', '\n', '\0', ';', text])}`,
  ),
  (_, body) => Buffer.from(body.toString(), 'utf16le'),
  (_, body) => Buffer.concat([body.subarray(0, -2), Buffer.from([0xc3, 0x28]), body.subarray(-2)]),
]

/** Milliseconds. */
const SHIFTS = [-1, 1, -1_000, 60_000, -3_600_001, 86_400_000, -315_360_000_000, 315_360_000_000, 2 ** 53]

function onText(edit: (random: Random, text: string) => string): BodyEdit {
  return (random, body) => Buffer.from(edit(random, body.toString()))
}
