import type { CurrentAddress } from '@ipupdater/storage'
import { addressesJson } from '../render/json.ts'
import { addressesPage } from '../render/page/addresses.ts'
import { addressesText } from '../render/text.ts'
import { after, family, limit, maxLimit, parseQuery } from './query.ts'
import type { Resource } from './resource.ts'

/** The current addresses of every device, by name. As many as fit on one page: a short default would hide some. */
export const addresses: Resource<readonly CurrentAddress[]> = {
  async read(reader, { query }) {
    const asked = parseQuery(query, { family, limit, after })
    const { addresses, next } = await reader.current({ limit: maxLimit, ...asked })
    return { data: addresses, next: next === null ? null : { after: next } }
  },
  formats: { text: addressesText, json: addressesJson, html: addressesPage },
}
