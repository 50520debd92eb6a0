import type { DeviceName } from '@ipupdater/protocol'
import { ProtocolError } from '@ipupdater/protocol'
import type { RateLimiterRes } from 'rate-limiter-flexible'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { LIMIT_WINDOW_SECONDS } from '../settings.ts'

/** What a refused request costs its prefix, where an accepted one costs 1. */
export const FAILURE_COST = 5

/** The most in one window; 0: no limit. */
export interface RateLimitSettings {
  /** Requests from one prefix, counted before anything is read; a refused one counts `FAILURE_COST` times. */
  readonly perPrefix: number
  /** Signatures that fail under one device's name from one prefix. */
  readonly failuresPerDevice: number
  /** Updates of one device that pass every check. */
  readonly perDevice: number
}

/** Each `admit…` throws ProtocolError `rate-limited`. */
export interface RateLimits {
  /** Before the body is read. */
  admitSource(prefix: string): Promise<void>
  /** Before the signature is verified. By prefix too: a forger elsewhere does not lock the true device out. */
  admitName(device: DeviceName, prefix: string): Promise<void>
  /** Before the commit, where only the device itself gets: replays fail before and so cannot use it up. */
  admitUpdate(device: DeviceName): Promise<void>
  /** After a refusal. */
  chargeFailure(prefix: string): Promise<void>
  /** After a signature that does not hold. */
  chargeName(device: DeviceName, prefix: string): Promise<void>
}

/**
 * A key is forgotten after its window, so memory follows the rate of requests and not the number of devices: at
 * some 450 bytes a key, a million devices that report every five minutes hold 30 MB, and a flood of 10,000
 * requests a second from ever new prefixes 45 MB.
 */
export function createRateLimits(settings: RateLimitSettings): RateLimits {
  const prefixes = counter(settings.perPrefix)
  const failures = counter(settings.failuresPerDevice)
  const devices = counter(settings.perDevice)
  return {
    admitSource: prefix => prefixes.consume(prefix, `requests from ${prefix}`),
    admitName: (device, prefix) =>
      failures.check(`${device} ${prefix}`, `failed signatures for ${device} from ${prefix}`),
    admitUpdate: device => devices.consume(device, `updates of ${device}`),
    chargeFailure: prefix => prefixes.charge(prefix, FAILURE_COST - 1),
    chargeName: (device, prefix) => failures.charge(`${device} ${prefix}`, 1),
  }
}

interface Counter {
  /** Counts one; refuses what is over the limit. */
  consume(key: string, what: string): Promise<void>
  /** Refuses where the limit is reached, without counting: an honest key takes no memory. */
  check(key: string, what: string): Promise<void>
  /** Counts without refusing. */
  charge(key: string, points: number): Promise<void>
}

function counter(limit: number): Counter {
  if (limit === 0) return unlimited
  const limiter = new RateLimiterMemory({ points: limit, duration: LIMIT_WINDOW_SECONDS, keyPrefix: '' })
  return {
    async consume(key, what) {
      try {
        await limiter.consume(key)
      } catch (state) {
        throw rateLimited(state as RateLimiterRes, limit, what)
      }
    },
    async check(key, what) {
      const state = await limiter.get(key)
      if (state !== null && state.consumedPoints >= limit) throw rateLimited(state, limit, what)
    },
    async charge(key, points) {
      await limiter.penalty(key, points)
    },
  }
}

const unlimited: Counter = {
  consume: async () => {},
  check: async () => {},
  charge: async () => {},
}

function rateLimited({ msBeforeNext }: RateLimiterRes, limit: number, what: string): ProtocolError {
  // The limiter counts by the wall clock; after that was stepped back, the rest would seem longer than a window.
  const rest = Math.min(Math.ceil(msBeforeNext / 1000), LIMIT_WINDOW_SECONDS)
  const retryAfter = Math.max(rest, 1)
  return new ProtocolError(
    'rate-limited',
    `more than ${limit} ${what} in ${LIMIT_WINDOW_SECONDS} seconds; try again in ${retryAfter}`,
    { extra: { retryAfter } },
  )
}
