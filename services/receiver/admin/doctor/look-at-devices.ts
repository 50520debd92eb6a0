import { durationText } from '@ipupdater/runtime'
import type { DeviceState } from '../device/device-states.ts'
import { clockText, tolerableSkewMs } from '../words.ts'
import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'

/** With thousands of devices a screenful says as much as all. */
const shownAtMost = 20

/** Which devices are silent, and whose clocks are wrong? */
export function lookAtDevices(states: readonly DeviceState[], now: number): Finding[] {
  const registered = states.filter(state => state.registered !== 'nowhere')
  if (registered.length === 0) {
    return [wrong('devices', 'none is registered.', 'ipupdater-admin device add home')]
  }
  const faults = registered.flatMap(state => [...faultsOf(state, now)])
  if (faults.length === 0)
    return [ok('devices', `${registered.length} registered, all heard of in time, clocks right`)]
  const more = faults.length - shownAtMost
  if (more <= 0) return faults
  return [
    ...faults.slice(0, shownAtMost),
    wrong('devices', `${more} more faults of this kind.`, 'ipupdater-admin device list shows all devices.'),
  ]
}

function* faultsOf({ device, lastSeen, isLate, skewMs }: DeviceState, now: number): Generator<Finding> {
  const subject = `device ${device}`
  if (lastSeen === null) {
    yield wrong(
      subject,
      'has never reported.',
      `start its client, and read what it says: docker logs ipupdater. A new secret for it: ipupdater-admin device rotate ${device}`,
    )
  } else if (isLate) {
    yield wrong(
      subject,
      `is silent for ${durationText(now - lastSeen)}.`,
      'look there whether it is on, on line, and what its client says: docker logs ipupdater',
    )
  }
  if (skewMs !== null && Math.abs(skewMs) >= tolerableSkewMs) {
    const text = `has a clock that is ${clockText(skewMs)}; its reports count all the same.`
    yield wrong(subject, text, 'set its clock by NTP, there: timedatectl set-ntp true')
  }
}
