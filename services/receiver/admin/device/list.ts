import { existsSync } from 'node:fs'
import { durationText, timeText } from '@ipupdater/runtime'
import { sqliteFile } from '@ipupdater/storage'
import type { AdminContext, Answer } from '../context.ts'
import { assertDirectory } from '../directories.ts'
import type { AdminSettings } from '../settings.ts'
import { tableLines } from '../table-lines.ts'
import { clockText } from '../words.ts'
import type { DeviceState } from './device-states.ts'
import { deviceStates } from './device-states.ts'

/** `device list`: which devices there are, when each was last seen, its clock and its secrets. */
export async function deviceList({ settings, now }: AdminContext): Promise<Answer> {
  if (settings.databaseUrl === null) assertDirectory('DATA_DIR', settings.dataDir)
  assertDirectory('KEYS_DIR', settings.keysDir)
  const states = await deviceStates(settings, now())
  const rows = states.map(state => [
    state.device,
    lastSeenText(state, now()),
    clockText(state.skewMs),
    secretsText(state),
  ])
  if (rows.length === 0) {
    return { data: states, lines: ['No device is registered. Add one: ipupdater-admin device add home'] }
  }
  return {
    data: states,
    lines: [
      ...tableLines([['DEVICE', 'LAST SEEN', 'CLOCK', 'SECRETS'], ...rows]),
      ...noDatabaseLines(settings),
    ],
  }
}

/** Without this line, "never" would be all that a wrong DATA_DIR shows. */
function noDatabaseLines({ databaseUrl, dataDir }: AdminSettings): string[] {
  if (databaseUrl !== null || existsSync(sqliteFile(dataDir))) return []
  return [`There is no database in DATA_DIR=${dataDir}: the receiver makes it when it first starts.`]
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
