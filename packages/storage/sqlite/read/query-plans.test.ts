import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { temporaryDirectory } from '../../../../test/fixtures/temporary-directory.ts'
import { BATCH_SQL } from '../commit/statements.ts'
import { connect } from '../connection.ts'
import { migrate } from '../schema.ts'
import { MAINTENANCE_SQL } from '../writer.ts'
import { READER_SQL, VERSION_SQL } from './reader-sql.ts'

/*
 * No statement costs more because the history is longer. The steps of a plan that read (sqlite.org/eqp.html) are SEARCH,
 * which finds rows by an index or rowid, and SCAN, which visits all rows of something.
 *
 * A SEARCH may still visit many rows if its range is wide. The ranges here are a key (one row), the slots of a device
 * (two), and what a LIMIT ends in the order of the index itself. The last holds only if no step sorts, so sorting is
 * allowed only for what is small before it is sorted.
 *
 * This project does not use ANALYZE, so the plans do not depend on the content: an empty database is enough.
 */

/** Small with any content: the caller's own list, a constant, or what a LIMIT has cut off already. */
const SMALL = [
  /^SCAN (asked|new|json_each) VIRTUAL TABLE/,
  /^SCAN pragma_\w+ VIRTUAL TABLE/,
  /^SCAN CONSTANT ROW$/,
  /^SCAN (\(subquery-\d+\)|e)$/,
]

/** One device's open tenures, at most two, or one row. */
const KEYED = [
  /^SEARCH open_tenures USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)$/,
  /^SEARCH n USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
]

const dir = temporaryDirectory()
const database = connect(join(dir, 'empty.sqlite'), { access: 'create' })
before(() => migrate(database))
after(() => database.destroy())

for (const [name, sql] of Object.entries({
  ...BATCH_SQL,
  ...MAINTENANCE_SQL,
  ...READER_SQL,
  version: VERSION_SQL,
})) {
  test(`${name} uses an index, and sorts no more than it returns`, async () => {
    const steps = await planOf(sql)
    assert.notEqual(steps.length, 0)
    for (const { detail } of steps.filter(({ detail }) => detail.startsWith('SCAN'))) {
      assert.ok(isOneOf(SMALL, detail), detail)
    }
    for (const sort of steps.filter(({ detail }) => detail.startsWith('USE TEMP B-TREE'))) {
      const sorted = steps.filter(
        ({ parent, detail }) => parent === sort.parent && /^(SCAN|SEARCH)/.test(detail),
      )
      for (const { detail } of sorted) assert.ok(isOneOf([...SMALL, ...KEYED], detail), detail)
    }
  })
}

test('every range of a history page is bounded on both sides in its index', async () => {
  const { history, historyNewer, historyOf, historyOfNewer } = READER_SQL
  const steps = (await Promise.all([history, historyNewer, historyOf, historyOfNewer].map(planOf))).flat()
  const walked = steps
    .map(({ detail }) => detail)
    .filter(detail => /^SEARCH (closed_tenures|outages)/.test(detail))
  assert.deepEqual([...new Set(walked)].sort(), [
    'SEARCH closed_tenures USING COVERING INDEX closed_tenures_of_slot (slot=? AND first_seen<?)', // its max: one row
    'SEARCH closed_tenures USING INDEX closed_tenures_by_beginning ((first_seen,slot)>(?,?) AND first_seen<?)',
    'SEARCH closed_tenures USING INDEX closed_tenures_by_beginning (first_seen>? AND (first_seen,slot)<(?,?))',
    'SEARCH closed_tenures USING INDEX closed_tenures_of_slot (slot=? AND first_seen>? AND first_seen<?)',
    'SEARCH outages USING INDEX outages_by_beginning ((began,slot)>(?,?) AND began<?)',
    'SEARCH outages USING INDEX outages_by_beginning (began>? AND (began,slot)<(?,?))',
    'SEARCH outages USING PRIMARY KEY (slot=? AND began<?)', // LIMIT 1
    'SEARCH outages USING PRIMARY KEY (slot=? AND began>? AND began<?)',
  ])
})

interface Step {
  readonly id: number
  readonly parent: number
  readonly detail: string
}

async function planOf(sql: string): Promise<Step[]> {
  return await database.raw(`EXPLAIN QUERY PLAN ${sql}`)
}

function isOneOf(patterns: readonly RegExp[], detail: string): boolean {
  return patterns.some(pattern => pattern.test(detail))
}
