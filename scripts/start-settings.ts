import type { DeviceName } from '@ipupdater/protocol'
import { parseDeviceName } from '@ipupdater/protocol'
import type { LogLevel, SettingsShape } from '@ipupdater/runtime'
import { integer, logLevels, oneOf, parsed, path } from '@ipupdater/runtime'

/** What `npm start` and `npm run demo` read; the other settings of the programs keep their defaults. */
export interface StartSettings {
  receiverPort: number
  viewerPort: number
  dataDir: string
  keysDir: string
  secretFile: string | null
  device: DeviceName
  logLevel: LogLevel
}

export const startSettings: SettingsShape<StartSettings> = {
  receiverPort: port('RECEIVER_PORT', 'The port of the receiver on 127.0.0.1.', 8080),
  viewerPort: port('VIEWER_PORT', 'The port of the viewer on 127.0.0.1.', 8081),
  dataDir: path({ name: 'DATA_DIR', description: 'The directory of the database.', default: './data' }),
  keysDir: path({ name: 'KEYS_DIR', description: 'The directory of the secrets.', default: './keys' }),
  secretFile: path({
    name: 'SECRET_FILE',
    description: 'The secret of DEVICE; created if it does not exist.',
    default: null,
  }),
  device: parsed({
    name: 'DEVICE',
    description: 'The name of the device that reports.',
    expected: 'a device name of 1 to 63 of a-z, 0-9 and "-", not beginning with "-"',
    read: parseDeviceName,
    default: parseDeviceName('home'),
  }),
  logLevel: oneOf({
    name: 'LOG_LEVEL',
    description: 'The lowest level that each program logs.',
    values: logLevels,
    default: 'warn',
  }),
}

function port(name: string, description: string, fallback: number) {
  return integer({ name, description, min: 1, max: 65_535, default: fallback })
}
