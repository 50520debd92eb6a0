import { parseTimeZone } from './time-zone.ts'

/** What Node itself reads of the environment, and by its own rules. */
type NodeEnvironment = { TZ?: string | undefined; UV_THREADPOOL_SIZE?: string | undefined }

/**
 * Makes Node read its own variables as our settings read theirs. Call it first: with the environment of the process,
 * it decides the time zone of everything in it.
 *
 * - TZ: `Date` takes a name in lower case or an offset for UTC, where `Intl` takes it for the zone; it gets the
 *   canonical name. A TZ that is no zone stays as it is, for the settings to refuse.
 * - TZ= and UV_THREADPOOL_SIZE=, set but empty: UTC instead of the system's zone, and one thread instead of four.
 *
 * Node's other variables mean the same empty and unset (tried with each that `node --help` names, and those of TLS).
 */
export function adoptEnvironment(env: NodeEnvironment): void {
  if (env.TZ === '') delete env.TZ
  if (env.UV_THREADPOOL_SIZE === '') delete env.UV_THREADPOOL_SIZE
  if (env.TZ === undefined) return
  try {
    env.TZ = parseTimeZone(env.TZ)
  } catch {
    // not a zone
  }
}

/** The time zone in effect. A system that names none runs in UTC. */
export function processTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
