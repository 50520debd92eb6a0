import type { DeviceName } from '@ipupdater/protocol'
import { AdminError } from '../admin-error.ts'
import type { AdminContext } from '../context.ts'
import { routerSettings } from './router-settings.ts'

/** Without 0, O, 1, l and I: people type it into routers. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const LENGTH = 20

/** A random password of 20 characters, 116 bits. It cannot be chosen, so no slow hash has to protect it. */
export function newPassword(randomBytes: (size: number) => Buffer): string {
  let password = ''
  while (password.length < LENGTH) {
    // Bytes above the last whole multiple of the alphabet would make its first characters more frequent.
    const usable = randomBytes(LENGTH).filter(byte => byte < 256 - (256 % ALPHABET.length))
    for (const byte of usable) password += ALPHABET[byte % ALPHABET.length]
  }
  return password.slice(0, LENGTH)
}

/** @throws AdminError `misused` */
export function assertNoSecretFile(secretFile: string | undefined): void {
  if (secretFile === undefined) return
  const fault = '--secret-file is not for devices that report by password.'
  throw new AdminError('misused', fault, 'leave it out: passwords are always random.')
}

/** What the operator enters in the router. */
export function routerInstructions(
  { settings }: AdminContext,
  device: DeviceName,
  password: string,
): string[] {
  const { publicUrl, dyndns2 } = settings
  return [
    'Its password, which is not shown again:',
    '',
    `  ${password}`,
    '',
    ...routerSettings({ server: publicUrl?.host ?? 'YOUR-SERVER', device, password }),
    ...(publicUrl === null
      ? ["YOUR-SERVER stands for this server's name. Set PUBLIC_URL, and it is filled in."]
      : []),
    ...(dyndns2
      ? []
      : ['Such reports are off: set DYNDNS2=true and restart the receiver. See docs/routers.md.']),
  ]
}

/** For --json: the same facts. */
export function routerData({ settings }: AdminContext, device: DeviceName, password: string) {
  const serverUrl = settings.publicUrl?.href.replace(/\/$/, '') ?? null
  return { device, kind: 'password', password, serverUrl }
}
