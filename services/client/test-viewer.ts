import type { Address, DeviceName, Secret } from '@ipupdater/protocol'
import { encodeUpdate, familyOf, parseAddress, parseDeviceName, signRequest } from '@ipupdater/protocol'
import { listenOnLoopback, serverTime, testSecret } from './test-receiver.ts'

/** For tests: a tenure as the viewer shows it in JSON, with a proof that holds. */
export function shown(
  address: string,
  { lastSeen = serverTime, device = 'home', secret = testSecret }: Partial<Showing> = {},
) {
  return {
    kind: 'tenure',
    device,
    family: familyOf(parseAddress(address)),
    address,
    firstSeen: lastSeen - 3_600_000,
    lastSeen,
    proof: proofOf(parseAddress(address), lastSeen, parseDeviceName(device), secret),
  }
}

interface Showing {
  lastSeen: number
  device: string
  secret: Secret
}

/** For tests: a viewer on loopback that shows these, whatever it is asked. */
export async function testViewer(document: unknown, status = 200) {
  const paths: string[] = []
  const server = await listenOnLoopback((incoming, raw) => {
    paths.push(incoming.url ?? '')
    const pages = Array.isArray(document) ? document : [document]
    const page = pages[Math.min(paths.length, pages.length) - 1]
    raw.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(page))
  })
  return Object.assign(server, { paths })
}

function proofOf(address: Address, timestamp: number, device: DeviceName, secret: Secret) {
  const body = encodeUpdate({ address, timestamp, interval: 300 })
  const nonce = 'AAAAAAAAAAAAAAAAAAAAAA'
  return signRequest('ipupdater-update', body, { device, secret, created: 1_763_827_200, nonce }).request
    .proof
}
