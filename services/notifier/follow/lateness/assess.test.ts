import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dueAt, lateAfter } from '@ipupdater/storage'
import { home, NOON } from '../../fixtures/events.ts'
import type { Outage } from '../../outbox/announced-outages.ts'
import type { LatenessRules } from './assess.ts'
import { assess } from './assess.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** 300 s until the next report, and half of that as grace. */
const DEADLINE = 7.5 * MINUTE

const rules: LatenessRules = { firstStart: NOON - HOUR, afterMs: 0, silentMs: 24 * HOUR, remindMs: null }
const outage: Outage = {
  device: home,
  due: NOON,
  lastSeen: NOON - 1,
  since: NOON,
  groupDue: null,
  messages: 0,
}

function device(lastSeen: number, interval: number | null = 300) {
  const deadlines = { dueAt: dueAt(lastSeen, interval), lateAfter: lateAfter(lastSeen, interval) }
  return { device: home, lastSeen, interval, ...deadlines, skewMs: 0, secretAdded: 1 }
}

/** The receiver has been up since an hour before noon; its last sign of life is at this time. */
const up = (touchedAt: number, upSince = NOON - HOUR) => ({ touchedAt, upSince })

test('a device is fine up to its deadline, and late after it', () => {
  const deadline = NOON + DEADLINE
  assert.deepEqual(assess(device(NOON), null, up(deadline), rules), { kind: 'fine', deadline })
  assert.deepEqual(assess(device(NOON), null, up(deadline + 1), rules), {
    kind: 'late',
    lateAt: deadline,
    since: NOON + 5 * MINUTE,
  })
})

test('a device that announces no next report has no deadline', () => {
  const fine = { kind: 'fine', deadline: null }
  assert.deepEqual(assess(device(NOON - 50 * HOUR, null), null, up(NOON), rules), fine)
})

test('ALERT_AFTER moves the deadline', () => {
  const deadline = NOON + DEADLINE + HOUR
  const after = { ...rules, afterMs: HOUR }
  assert.deepEqual(assess(device(NOON), null, up(deadline), after), { kind: 'fine', deadline })
  assert.equal(assess(device(NOON), null, up(deadline + 1), after).kind, 'late')
})

test('after the downtime of the receiver the deadline counts from its return', () => {
  const back = NOON + 2 * HOUR
  const deadline = back + DEADLINE
  assert.deepEqual(assess(device(NOON), null, up(deadline, back), rules), { kind: 'fine', deadline })
  assert.deepEqual(assess(device(NOON), null, up(deadline + 1, back), rules), {
    kind: 'late',
    lateAt: deadline,
    since: back,
  })
})

test('what was late before the first start is not announced', () => {
  const started = { ...rules, firstStart: NOON + DEADLINE }
  assert.equal(assess(device(NOON), null, up(NOON + HOUR), started).kind, 'late')
  assert.equal(assess(device(NOON - 1), null, up(NOON + HOUR), started).kind, 'late-before-start')
})

test('an announced device has recovered with a report from the due time on, not with an earlier one', () => {
  const kind = (lastSeen: number) => assess(device(lastSeen), outage, up(NOON + MINUTE), rules).kind
  assert.deepEqual([kind(NOON - 1), kind(NOON)], ['still-late', 'recovered'])
})

test('an announced device is silent after ALERT_SILENT, once without ALERT_REMIND', () => {
  const kind = (ms: number, messages: number) =>
    assess(device(NOON - 1), { ...outage, messages }, up(NOON + ms), rules).kind
  assert.deepEqual([kind(24 * HOUR - 1, 0), kind(24 * HOUR, 0)], ['still-late', 'silent'])
  assert.equal(kind(1000 * HOUR, 1), 'still-late')
})

test('ALERT_REMIND repeats it after the same time again and again', () => {
  const remind = { ...rules, remindMs: 2 * HOUR }
  const kind = (ms: number, messages: number) =>
    assess(device(NOON - 1), { ...outage, messages }, up(NOON + ms), remind).kind
  for (const messages of [1, 2, 7]) {
    const at = (24 + 2 * messages) * HOUR
    assert.deepEqual([kind(at - 1, messages), kind(at, messages)], ['still-late', 'silent'])
  }
})
