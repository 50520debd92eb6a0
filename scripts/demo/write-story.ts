import { createHash } from 'node:crypto'
import type { DeviceName, Secret } from '@ipupdater/protocol'
import { encodeUpdate, parseSecret, signRequest } from '@ipupdater/protocol'
import type { Report, Store } from '@ipupdater/storage'
import type { StoryReport } from './story.ts'
import { INTERVAL_SECONDS } from './story.ts'

/** Of no value to anybody: it signs addresses that belong to nobody. */
export function demoSecret(device: DeviceName): Secret {
  return parseSecret(`demo-secret-of-${device}`)
}

/** Signs each report as its device would, and commits it as the receiver does: many share one transaction. */
export async function writeStory(store: Store, reports: readonly StoryReport[]): Promise<void> {
  for (let first = 0; first < reports.length; first += BATCH) {
    await Promise.all(reports.slice(first, first + BATCH).map(report => store.commit(signed(report))))
  }
}

const BATCH = 1000

function signed({ device, address, at }: StoryReport): Report {
  const { request } = signRequest(
    'ipupdater-update',
    encodeUpdate({ address, timestamp: at, interval: INTERVAL_SECONDS }),
    { device, secret: demoSecret(device), created: Math.floor(at / 1000), nonce: nonceOf(device, at) },
  )
  return {
    device,
    address,
    at,
    interval: INTERVAL_SECONDS,
    evidence: { kind: 'signed', proof: request.proof, skewMs: 0, secretAdded: 1 },
  }
}

/** The same in every run, as everything else in the story. */
function nonceOf(device: DeviceName, at: number): string {
  return createHash('sha256').update(`${device} ${at}`).digest('base64url').slice(0, 22)
}
