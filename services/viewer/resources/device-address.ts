import { familyName, ProtocolError } from '@ipupdater/protocol'
import type { CurrentAddress } from '@ipupdater/storage'
import { addressesJson } from '../render/json.ts'
import { devicePage } from '../render/page/device.ts'
import { bareAddress } from '../render/text.ts'
import { deviceNamed, unknownDevice } from './device-named.ts'
import { family, parseQuery } from './query.ts'
import type { Resource } from './resource.ts'

/** The current addresses of one device, IPv4 first. */
export const deviceAddress: Resource<readonly [CurrentAddress, ...CurrentAddress[]]> = {
  async read(reader, { device, query }) {
    const name = deviceNamed(device)
    const asked = parseQuery(query, { family })
    const held = await reader.currentOf(name, asked.family)
    if (held === null) throw unknownDevice(name)
    const [first, ...others] = held
    if (first !== undefined) return { data: [first, ...others], next: null }
    const wanted = asked.family === undefined ? 'address' : `${familyName(asked.family)} address`
    throw new ProtocolError('no-address', `Device "${name}" has reported no ${wanted}.`)
  },
  formats: { text: bareAddress, json: addressesJson, html: devicePage },
}
