import type { CurrentAddress } from '@ipupdater/storage'
import { addressesJson } from '../render/json.ts'
import { addressesPage } from '../render/page-addresses.ts'
import { addressesText } from '../render/text.ts'
import { after, family, limit, maxLimit, parseQuery } from './query.ts'
import type { Resource } from './resource.ts'

/** What every device holds now, by name. All that fit on one page: a list cut short by default would deceive. */
export const addresses: Resource<readonly CurrentAddress[]> = {
  async read(reader, { query }) {
    const asked = parseQuery(query, { family, limit, after })
    const { addresses, next } = await reader.current({ limit: maxLimit, ...asked })
    return { data: addresses, next: next === null ? null : { after: next } }
  },
  forms: [
    { representation: 'text', tellsAge: true, render: addressesText },
    { representation: 'json', tellsAge: true, render: addressesJson },
    { representation: 'html', tellsAge: true, render: addressesPage },
  ],
}
