import { generateSecret } from '@ipupdater/protocol'
import type { Context, ExitCode } from '../context.ts'

/** Prints a new secret, for SECRET on both sides. */
export async function keygen({ stdout, randomBytes, json }: Context): Promise<ExitCode> {
  const secret = generateSecret(randomBytes)
  stdout(json ? JSON.stringify({ secret }) : secret)
  return 0
}
