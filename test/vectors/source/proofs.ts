import type { RequestOptions } from './signing.ts'
import { digestOf, request, secrets, update, wrongSecret } from './signing.ts'

export const proofs = {
  about:
    'Proofs as the viewer serves them, read by someone who has the secrets of "home": what each one proves, or the code of its refusal.',
  secrets: secrets.home,
  accepted: [
    { name: 'an update', proof: proof(), proves: { device: 'home', family: 4, ...JSON.parse(update) } },
    {
      name: 'an update signed with the older secret',
      proof: proof({ secret: secrets.home[1] }),
      proves: { device: 'home', family: 4, ...JSON.parse(update) },
    },
    {
      name: 'an update of an IPv6 address, without an interval',
      proof: proof({ body: '{"address":"2001:db8::7","timestamp":1763827200123}' }),
      proves: { device: 'home', family: 6, address: '2001:db8::7', timestamp: 1763827200123 },
    },
  ],
  refused: [
    {
      name: 'another address',
      code: 'digest-mismatch',
      proof: { ...proof(), body: update.replace('.7', '.8') },
    },
    {
      name: 'another address with its own digest',
      code: 'not-authenticated',
      proof: {
        ...proof(),
        body: update.replace('.7', '.8'),
        contentDigest: digestOf(update.replace('.7', '.8')),
      },
    },
    { name: 'an unknown secret', code: 'not-authenticated', proof: proof({ secret: wrongSecret }) },
    {
      name: 'a signed request for the address',
      code: 'malformed',
      proof: proof({ path: '/ip', body: '{}' }),
    },
    {
      name: 'a parameter twice',
      code: 'malformed',
      proof: proof({ more: ';created=1763827200' }),
    },
    {
      name: 'a signed body without an address',
      code: 'malformed',
      proof: proof({ body: '{"timestamp":1}' }),
    },
    { name: 'no signature', code: 'malformed', proof: { ...proof(), signature: undefined } },
  ],
}

function proof(options: RequestOptions = {}) {
  const { fields, body } = request(options)
  const [contentDigest, signatureInput, signature] = fields.map(([, value]) => value)
  return { contentDigest, signatureInput, signature, body }
}
