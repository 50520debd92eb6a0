import { durationText } from '@ipupdater/runtime'
import type { DeviceState } from '../device/device-states.ts'
import { clockText, tolerableSkewMs } from '../words.ts'
import type { Finding } from './finding.ts'
import { note, ok, wrong } from './finding.ts'

/** With thousands of devices, a screenful says as much as all of them. */
const shownAtMost = 20

/** Which devices are silent, and which clocks are wrong? */
export function lookAtDevices(states: readonly DeviceState[], now: number): Finding[] {
  const registered = states.filter(state => state.registered !== 'nowhere')
  if (registered.length === 0) {
    return [wrong('devices', 'none is registered.', 'ipupdater-admin device add home')]
  }
  const faults = registered.flatMap(state => [...faultsOf(state, now)])
  if (faults.length === 0)
    return [ok('devices', `${registered.length} registered, all reported in time, clocks right`)]
  if (faults.length <= shownAtMost) return faults
  return [...faults.slice(0, shownAtMost), more(faults.slice(shownAtMost))]
}

function more(hidden: readonly Finding[]): Finding {
  const finding = hidden.some(({ level }) => level === 'wrong') ? wrong : note
  return finding(
    'devices',
    `${hidden.length} more of this kind.`,
    'ipupdater-admin device list shows all devices.',
  )
}

function* faultsOf({ device, lastSeen, isLate, skewMs }: DeviceState, now: number): Generator<Finding> {
  const subject = `device ${device}`
  if (lastSeen === null) {
    yield note(
      subject,
      'has not reported yet.',
      `start its client, and read what it says (with Docker: docker logs ipupdater). A new secret for it: ipupdater-admin device rotate ${device}`,
    )
  } else if (isLate) {
    yield wrong(
      subject,
      `has been silent for ${durationText(now - lastSeen)}.`,
      'check there that it is on and online, and read what its client says (with Docker: docker logs ipupdater)',
    )
  }
  if (skewMs !== null && Math.abs(skewMs) >= tolerableSkewMs) {
    const text = `has a clock that is ${clockText(skewMs)}. Its reports are accepted nevertheless.`
    yield wrong(subject, text, 'set its clock by NTP, there: timedatectl set-ntp true')
  }
}
