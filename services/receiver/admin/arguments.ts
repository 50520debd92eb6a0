import type { DeviceName, Secret } from '@ipupdater/protocol'
import { ProtocolError, parseDeviceName, parseSecret } from '@ipupdater/protocol'
import { readSecretFile } from '@ipupdater/runtime'
import { AdminError } from './admin-error.ts'
import type { AdminSettings } from './settings.ts'

/** @throws AdminError `misused` */
export function deviceArgument(text: string): DeviceName {
  try {
    return parseDeviceName(text)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new AdminError('misused', `${error.message}.`, 'choose a name such as "home" or "cabin-2".')
  }
}

/** The secret in a file, or on standard input for "-". @throws AdminError `misused` */
export function secretFileArgument(file: string): Secret {
  const { text, fault } = readSecretFile(file === '-' ? 0 : file)
  if (fault !== undefined) throw new AdminError('misused', `--secret-file ${file} ${fault}`, secretFileAdvice)
  try {
    return parseSecret(text)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new AdminError('misused', `--secret-file ${file}: ${error.message}.`, secretFileAdvice)
  }
}

const secretFileAdvice =
  'name a file inside the container with the secret alone in it, or "-" and pass it by "docker compose exec -T receiver … < FILE".'

/** The device of SECRET is changed where it is told of: in the environment. @throws AdminError `refused` */
export function assertNotOfEnvironment(device: DeviceName, settings: AdminSettings): void {
  if (settings.secret === null || settings.device !== device) return
  throw new AdminError(
    'refused',
    `${device} has its secret from SECRET in the receiver's environment, which this command cannot change.`,
    `change it there (.env) and restart the receiver; or remove SECRET there, restart, and add the device here: ipupdater-admin device add ${device}`,
  )
}
