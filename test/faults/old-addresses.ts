import assert from 'node:assert/strict'
import type { DeviceName } from '@ipupdater/protocol'
import { parseAddress, parseDeviceName } from '@ipupdater/protocol'
import { openStore, sqliteFile } from '@ipupdater/storage'
import type { Volumes } from '../fixtures/programs.ts'

/** Devices that moved and no longer report. */
export const movers = Array.from({ length: 4 }, (_, index) => parseDeviceName(`moved-${index}`))

/** Gives each mover `closed` old addresses of one second each, and a current one. */
export async function age(
  { dataDir }: Pick<Volumes, 'dataDir'>,
  from: number,
  closed: number,
): Promise<void> {
  await using store = await openStore({ sqlite: sqliteFile(dataDir) })
  const commit = (device: DeviceName, turn: number) => {
    const signature = `sig=:${'c2lnbmF0dXJl'.repeat(7)}:`
    return store.commit({
      device,
      address: parseAddress(`10.99.${turn >> 8}.${turn & 255}`),
      at: from + turn * 1000,
      interval: null,
      evidence: {
        kind: 'signed',
        proof: { contentDigest: 'sha-256=:AAAA:', signatureInput: 'sig=("@method")', signature, body: '{}' },
        skewMs: 0,
        secretAdded: 1,
      },
    })
  }
  const turns = Array.from({ length: closed + 1 }, (_, turn) => turn)
  const outcomes = await Promise.all(turns.flatMap(turn => movers.map(device => commit(device, turn))))
  assert.ok(outcomes.every(outcome => !('refused' in outcome)))
}
