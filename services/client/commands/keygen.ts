import { generateSecret } from '@ipupdater/protocol'
import type { Context, ExitCode } from '../context.ts'

/** A new secret, for SECRET on both sides. */
export async function keygen({ stdout, randomBytes }: Context): Promise<ExitCode> {
  stdout(generateSecret(randomBytes))
  return 0
}
