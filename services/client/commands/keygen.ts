import { generateSecret } from '@ipupdater/protocol'
import type { ExitCode, World } from '../world.ts'

/** A new secret, for SECRET on both sides. */
export async function keygen({ print, randomBytes }: World): Promise<ExitCode> {
  print(generateSecret(randomBytes))
  return 0
}
