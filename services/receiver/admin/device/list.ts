import { durationText, timeText } from '@ipupdater/runtime'
import type { AdminContext } from '../context.ts'
import { tableLines } from '../table-lines.ts'
import { clockText } from '../words.ts'
import type { DeviceState } from './device-states.ts'
import { deviceStates } from './device-states.ts'

/** `device list`: who is registered, when each was last seen, its clock and its secrets. */
export async function deviceList(context: AdminContext, options: { json?: boolean }): Promise<void> {
  const { settings, now, print } = context
  const states = await deviceStates(settings, now())
  if (options.json) {
    print(JSON.stringify(states, null, 2))
  } else if (states.length === 0) {
    print('No device is registered. Add one: ipupdater-admin device add home')
  } else {
    const rows = states.map(state => [
      state.device,
      lastSeenText(state, now()),
      clockText(state.skewMs),
      secretsText(state),
    ])
    for (const line of tableLines([['DEVICE', 'LAST SEEN', 'CLOCK', 'SECRETS'], ...rows])) print(line)
  }
}

function lastSeenText({ lastSeen, isLate }: DeviceState, now: number): string {
  if (lastSeen === null) return 'never'
  return `${timeText(lastSeen)}, ${durationText(now - lastSeen)} ago${isLate ? ', LATE' : ''}`
}

function secretsText({ registered, secrets, signedWith }: DeviceState): string {
  if (registered === 'nowhere') return 'none: removed'
  if (registered === 'environment') return 'one, from SECRET'
  const [newer, older] = secrets
  if (older === undefined) return signedWith === newer ? 'one' : 'one, not used yet'
  if (signedWith === newer) return 'two, signs with the new one'
  return signedWith === older ? 'two, signs with the old one' : 'two, none used yet'
}
