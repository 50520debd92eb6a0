import { addDevices } from './devices.ts'
import type { Environment, Place, Server } from './programs.ts'
import { createPlace, startReceiver, startViewer } from './programs.ts'

/** A receiver and a viewer on one database, with devices that are registered. */
export interface House extends AsyncDisposable {
  readonly place: Place
  readonly receiver: Server
  readonly viewer: Server
  /** The address that the viewer shows for the device; null: none. */
  shown(device: string): Promise<Shown | null>
  /** Newest first. */
  history(device: string): Promise<Entry[]>
  /** The viewer's page of the device. */
  page(device: string): Promise<string>
}

export interface Shown {
  readonly address: string
  readonly firstSeen: number
  readonly lastSeen: number
  readonly confirmations: number
  readonly late: boolean
  readonly contested: boolean
  readonly flips: number
}

export type Entry =
  | (Pick<Shown, 'address' | 'firstSeen' | 'lastSeen' | 'confirmations'> & { kind: 'tenure'; open: boolean })
  | { kind: 'outage'; from: number; to: number | null }

export const secretOf = (device: string): string => `${device} has a secret of its own`

/** `both`: settings of receiver and viewer, such as a clock of their own. */
export async function openHouse(
  devices: readonly string[],
  { both = {}, receiver: own = {} }: { both?: Environment; receiver?: Environment } = {},
): Promise<House> {
  const place = createPlace()
  addDevices(
    place,
    devices.map(name => ({ name, secret: secretOf(name) })),
  )
  // Many devices share one address here, and report every second or two.
  const limits = {
    RATE_LIMIT_PREFIX: '1000000',
    RATE_LIMIT_FAILURES: '1000000',
    RATE_LIMIT_UNSIGNED: '1000000',
    RATE_LIMIT_DEVICE: '1000000',
  }
  const receiver = await startReceiver(place, { ...limits, ...both, ...own })
  const viewer = await startViewer(place, both)
  const ask = (path: string, accept: string) => fetch(viewer.url + path, { headers: { accept } })
  return {
    place,
    receiver,
    viewer,
    async shown(device) {
      const answer = await ask(`/getip/${device}`, 'application/json')
      if (answer.status === 404) return null
      const { addresses } = (await answer.json()) as { addresses: Shown[] }
      return addresses[0] ?? null
    },
    async history(device) {
      const answer = await ask(`/history/${device}`, 'application/json')
      return ((await answer.json()) as { entries: Entry[] }).entries
    },
    page: async device => (await ask(`/getip/${device}`, 'text/html')).text(),
    async [Symbol.asyncDispose]() {
      await viewer[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
      place[Symbol.dispose]()
    },
  }
}
