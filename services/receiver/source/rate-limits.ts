import type { DeviceName } from '@ipupdater/protocol'
import { ProtocolError } from '@ipupdater/protocol'
import { limitPrefix } from '@ipupdater/web'
import { LIMIT_WINDOW_SECONDS } from '../settings.ts'
import type { Source } from './client-address.ts'

/** The most in one window; 0: no limit. */
export interface RateLimitSettings {
  /** Messages from one prefix without a valid signature or password. */
  readonly unsignedPerPrefix: number
  /** Those among them that use the name of one device. */
  readonly unsignedPerDevice: number
  /** Messages from all prefixes together without a valid signature or password. */
  readonly unsigned: number
  /** Messages of one device from one prefix whose signature holds. */
  readonly signedPerDevice: number
}

/**
 * Two groups of budgets that share nothing: whoever cannot sign cannot use up the budget of a device that can.
 * Each method that throws throws ProtocolError `rate-limited`.
 */
export interface RateLimits {
  /** Consumes one for a message without a valid signature or password. Throws if it was one too many. */
  consumeUnauthenticated(prefix: string, device: DeviceName | null): void
  /** Throws if the budget for signed messages is used up. Consumes nothing. */
  assertSignedLeft(device: DeviceName, prefix: string): void
  /** Consumes one for a signed message that was news. Never throws. */
  consumeSigned(device: DeviceName, prefix: string): void
}

/** `uptimeMs`: milliseconds that never go backwards. */
export function createRateLimits(settings: RateLimitSettings, uptimeMs: () => number): RateLimits {
  const perPrefix = createBudget(settings.unsignedPerPrefix, uptimeMs)
  const perName = createBudget(settings.unsignedPerDevice, uptimeMs)
  const total = createBudget(settings.unsigned, uptimeMs)
  const signed = createBudget(settings.signedPerDevice, uptimeMs)

  return {
    consumeUnauthenticated(prefix, device) {
      if (device !== null) {
        perName.assertLeft(`${device} ${prefix}`, `failed attempts for ${device} from ${prefix}`)
      }
      perPrefix.assertLeft(prefix, `messages from ${prefix} without a valid signature or password`)
      // Last: a source that is over its own limit does not use up the total.
      total.assertLeft('', 'messages from everywhere without a valid signature or password')
      if (device !== null) perName.consume(`${device} ${prefix}`)
      perPrefix.consume(prefix)
      total.consume('')
    },
    assertSignedLeft: (device, prefix) =>
      signed.assertLeft(`${device} ${prefix}`, `messages of ${device} from ${prefix}`),
    consumeSigned: (device, prefix) => signed.consume(`${device} ${prefix}`),
  }
}

/** The prefix of a source. Unclear sources share one key: all of them are refused in any case. */
export function limitKey(source: Source): string {
  return 'unclear' in source ? 'unclear' : limitPrefix(source.address)
}

interface Budget {
  assertLeft(key: string, what: string): void
  consume(key: string): void
}

/** Beyond so many keys in one window new ones go uncounted, so that no flood can fill the memory: measured 8.5 MB. */
const MAX_KEYS = 100_000

/** Counts in windows that all keys share, so a window is forgotten at once and no key needs a timer. */
function createBudget(limit: number, uptimeMs: () => number): Budget {
  if (limit === 0) return { assertLeft: () => {}, consume: () => {} }
  const windowMs = LIMIT_WINDOW_SECONDS * 1000
  let consumed = new Map<string, number>()
  let endsAt = 0

  function current(): Map<string, number> {
    const now = uptimeMs()
    if (now >= endsAt) {
      consumed = new Map()
      endsAt = now + windowMs
    }
    return consumed
  }
  return {
    assertLeft(key, what) {
      if ((current().get(key) ?? 0) < limit) return
      const retryAfter = Math.max(1, Math.ceil((endsAt - uptimeMs()) / 1000))
      throw new ProtocolError(
        'rate-limited',
        `more than ${limit} ${what} in ${LIMIT_WINDOW_SECONDS} seconds; try again in ${retryAfter}`,
        { extra: { retryAfter } },
      )
    },
    consume(key) {
      const counts = current()
      const count = counts.get(key)
      if (count !== undefined || counts.size < MAX_KEYS) counts.set(key, (count ?? 0) + 1)
    },
  }
}
