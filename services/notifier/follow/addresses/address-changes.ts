import type { Address } from '@ipupdater/protocol'
import type { ChangesPage, Cursor, Reader, TenureEntry } from '@ipupdater/storage'
import type { Outbox } from '../../outbox/outbox.ts'
import type { Audience } from '../audience.ts'
import { announceChange } from './announce-change.ts'
import { announceContest, isFlip } from './contests.ts'

export interface ChangesDeps {
  readonly reader: Pick<Reader, 'changes' | 'history'>
  readonly outbox: Outbox
  readonly audience: Audience
}

/**
 * Reads the changes again from a while before the newest one, and announces those that were not read before: first-seen
 * times can lie behind the order of commits by up to the receiver's WINDOW, which is an hour at most.
 */
export async function readChanges(deps: ChangesDeps, now: number): Promise<void> {
  const { reader, outbox } = deps
  const { firstStart, position } = await outbox.transaction(async t => ({
    firstStart: (await t.number('first-start')) ?? now,
    position: (await t.number('position')) ?? now,
  }))
  // A position in the future: the clock was set back.
  const from = Math.min(position, now) - OVERLAP_MS
  let after: Cursor | null = null
  do {
    const page: ChangesPage = await reader.changes({
      from,
      limit: PAGE,
      ...(after === null ? {} : { after }),
    })
    const tenures = page.entries.filter(entry => entry.kind === 'tenure')
    await announcePage(
      tenures.filter(({ firstSeen }) => firstSeen >= firstStart),
      deps,
      now,
    )
    after = page.next
  } while (after !== null)
}

const OVERLAP_MS = 2 * 3_600_000
const PAGE = 500

async function announcePage(page: readonly TenureEntry[], deps: ChangesDeps, now: number): Promise<void> {
  const { outbox, reader, audience } = deps
  const unread = await outbox.transaction(t => t.unread(page))
  if (unread.length === 0) return
  const found: { tenure: TenureEntry; before: TenureEntry[] }[] = []
  for (const tenure of unread) found.push({ tenure, before: await tenuresBefore(tenure, reader) })
  await outbox.transaction(async t => {
    for (const { tenure, before } of found) {
      await t.markRead(tenure)
      const previous: Address | null = before[0]?.address ?? null
      const contestAt = await t.contestAnnouncedAt(tenure.device, tenure.family)
      if (contestAt === null) await announceChange(tenure, previous, audience, t, now)
      if (isFlip(tenure, before)) await announceContest(tenure, previous, contestAt, audience, t)
    }
    const newest = Math.max(...unread.map(({ firstSeen }) => firstSeen))
    await t.setNumber('position', Math.max(newest, (await t.number('position')) ?? 0))
  })
}

/** Those of the same family, newest first. */
async function tenuresBefore(
  { device, family, firstSeen }: TenureEntry,
  reader: Pick<Reader, 'history'>,
): Promise<TenureEntry[]> {
  const page = await reader.history({ device, to: firstSeen, limit: BEFORE })
  const tenures = page?.entries.filter(entry => entry.kind === 'tenure') ?? []
  return tenures.filter(tenure => tenure.family === family)
}

/** Entries that are read to find the two tenures before: outages and the other family lie among them. */
const BEFORE = 20
