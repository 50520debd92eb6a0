import type { Representation } from '../render/representation.ts'

/**
 * Names what would be answered without making it: which data, in which form, and, for what tells ages, in which
 * minute. Weak (RFC 9110 §8.8.1), because within a minute ages may go on by some seconds.
 */
export function entityTag(
  run: string,
  version: string,
  representation: Representation,
  /** In milliseconds; null where the answer does not depend on the time. */
  now: number | null,
): string {
  return `W/"${run}.${version}.${representation}${now === null ? '' : `.${Math.floor(now / 60_000)}`}"`
}

/**
 * Does the asker hold what `tag` names? By weak comparison (RFC 9110 §8.8.3.2): proxies that compress make strong
 * tags weak. "*" is not taken for a yes: we do not know yet whether there is anything at all.
 */
export function isHeld(tag: string, ifNoneMatch: string): boolean {
  const opaque = withoutWeakness(tag)
  return ifNoneMatch.split(',').some(held => withoutWeakness(held.trim()) === opaque)
}

function withoutWeakness(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag
}
