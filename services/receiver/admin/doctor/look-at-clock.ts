import { durationText } from '@ipupdater/runtime'
import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'

const cure =
  'set it by NTP on the host: timedatectl set-ntp true. Reports are accepted again once it has caught up. If it is right now and was ahead before, reset each device that is refused: ipupdater-admin device reset NAME'

/** The server's clock decides about every report, so it must not be behind a time that was recorded. */
export function lookAtClock(now: number, lastSeen: readonly number[]): Finding[] {
  const newest = lastSeen.reduce((latest, time) => Math.max(latest, time), 0)
  const text = `this server's clock says ${new Date(now).toISOString()}`
  // Older than this program: a board without a battery-backed clock, just started.
  if (now < Date.UTC(2026, 0, 1)) return [wrong('clock', `${text}, which cannot be.`, cure)]
  if (newest > now + 1_000) {
    return [wrong('clock', `${text}, ${durationText(newest - now)} before the last recorded report.`, cure)]
  }
  return [ok('clock', text)]
}
