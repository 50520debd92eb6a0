import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Device } from './hostile/honest.ts'
import type { Place } from './programs.ts'

/** Registers devices before the receiver starts: all at once, as that takes `ipupdater-admin` a process each. */
export function addDevices({ keysDir }: Place, devices: readonly Device[]): void {
  const lines = devices.map(({ name, secret }) =>
    JSON.stringify({ device: name, secrets: [{ secret, added: 1_763_827_200_000 }] }),
  )
  writeFileSync(join(keysDir, 'devices.jsonl'), lines.map(line => `${line}\n`).join(''), { mode: 0o600 })
}
