import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { notesOf } from './request-notes.ts'

/**
 * The id that ties a refusal to its log line. Made when it is first asked for: most requests are neither
 * refused nor logged. A proxy's X-Request-Id is kept, so that one id leads through both logs; it is a label
 * and nothing relies on it, hence anyone may send one of this form.
 */
export function requestId(ctx: Pick<Context, 'state' | 'get'>): string {
  const notes = notesOf(ctx)
  notes.requestId ??= givenId(ctx.get('X-Request-Id')) ?? nextId()
  return notes.requestId
}

function givenId(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text) ? text : undefined
}

// Unique among runs by the prefix, within a run by counting: no randomness to be had per request.
const run = randomBytes(6).toString('base64url').replaceAll(/[-_]/g, '0')
let count = 0

function nextId(): string {
  count += 1
  return `${run}-${count.toString(36)}`
}
