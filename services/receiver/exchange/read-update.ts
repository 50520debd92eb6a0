import { parseUpdate } from '@ipupdater/protocol'
import type { Report } from '@ipupdater/storage'
import type { AuthenticatedDevice } from './authenticate.ts'

/** `POST /update` as a report. @throws ProtocolError `malformed` */
export function readUpdate({ request, secretAdded }: AuthenticatedDevice, now: number): Report {
  const { address, timestamp, interval = null } = parseUpdate(request.proof.body)
  const skewMs = request.created * 1000 - now
  const evidence = { kind: 'signed', proof: request.proof, secretAdded, skewMs } as const
  return { device: request.device, address, at: timestamp, interval, evidence }
}
