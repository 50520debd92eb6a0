import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Cursor, Reader, TenureEntry } from '@ipupdater/storage'
import { verify } from '@ipupdater/storage'
import type { Volumes } from '../../fixtures/programs.ts'
import type { Reporter, SentUpdate } from './reporter.ts'
import { isCounted, latest } from './reporter.ts'

/**
 * Looks up the update that each was waiting for when the receiver was killed: it is in the database, or it is not.
 * Nothing else may be there than that, or the last one that was acknowledged.
 *
 * @returns how many of those without an answer are there
 */
export async function settle(reporters: readonly Reporter[], reader: Reader): Promise<number> {
  let recorded = 0
  for (const reporter of reporters) {
    const stored = (await reader.currentOf(reporter.device))?.[0]
    const open = reporter.book.findLast(({ fate }) => fate === 'unanswered')
    if (open !== undefined) {
      const isThere = stored?.lastSeen === open.timestamp
      open.fate = isThere ? 'recorded' : 'absent'
      recorded += isThere ? 1 : 0
    }
    const wanted = latest(reporter)
    assert.deepEqual(
      [stored?.lastSeen, stored?.address],
      [wanted?.timestamp, wanted?.address],
      reporter.device,
    )
  }
  return recorded
}

/** The history is what the reporters have in their books: every update that counts, once, and nothing else. */
export async function assertHistory(reporters: readonly Reporter[], reader: Reader): Promise<void> {
  for (const reporter of reporters) {
    assert.deepEqual(await tenuresOf(reporter, reader), expectedTenures(reporter.book), reporter.device)
  }
}

/** How many acknowledged updates the history does not know. */
export async function countLost(reporters: readonly Reporter[], reader: Reader): Promise<number> {
  let lost = 0
  for (const reporter of reporters) {
    const tenures = await tenuresOf(reporter, reader)
    const isKnown = ({ address, timestamp }: SentUpdate) =>
      tenures.some(
        tenure => tenure.address === address && tenure.firstSeen <= timestamp && timestamp <= tenure.lastSeen,
      )
    lost += reporter.book.filter(update => update.fate === 'acknowledged' && !isKnown(update)).length
  }
  return lost
}

/** The database of a place is whole. */
export async function assertSound({ dataDir }: Pick<Volumes, 'dataDir'>): Promise<void> {
  await verify(databaseIn(dataDir))
}

export function databaseIn(dataDir: string): string {
  return join(dataDir, 'ipupdater.sqlite')
}

type Tenure = Pick<TenureEntry, 'address' | 'firstSeen' | 'lastSeen' | 'confirmations'>

/** Oldest first. */
async function tenuresOf({ device }: Reporter, reader: Reader): Promise<Tenure[]> {
  const tenures: Tenure[] = []
  let before: Cursor | null = null
  do {
    const page = await reader.history({ device, limit: 1_000, ...(before !== null && { before }) })
    for (const entry of page?.entries ?? []) {
      assert.ok(entry.kind === 'tenure')
      const { address, firstSeen, lastSeen, confirmations } = entry
      tenures.push({ address, firstSeen, lastSeen, confirmations })
    }
    before = page?.next ?? null
  } while (before !== null)
  return tenures.reverse()
}

function expectedTenures(book: readonly SentUpdate[]): Tenure[] {
  const tenures: Tenure[] = []
  for (const { address, timestamp } of book.filter(isCounted)) {
    const last = tenures.at(-1)
    if (last?.address === address) {
      tenures.splice(-1, 1, { ...last, lastSeen: timestamp, confirmations: last.confirmations + 1 })
    } else tenures.push({ address, firstSeen: timestamp, lastSeen: timestamp, confirmations: 1 })
  }
  return tenures
}
