import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Device } from './hostile/honest.ts'
import type { Place } from './programs.ts'
import { startAdmin } from './programs.ts'

/** Registers a device with the secret that it has, as its keeper would; the receiver need not run yet. */
export async function addDevice(place: Place, { name, secret }: Device): Promise<void> {
  const file = join(place.dir, `secret-of-${name}`)
  writeFileSync(file, secret, { mode: 0o600 })
  const admin = startAdmin(place, ['device', 'add', name, '--secret-file', file])
  const { code } = await admin.ended
  assert.equal(code, 0, admin.output())
}
