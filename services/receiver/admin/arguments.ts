import type { DeviceName, Secret } from '@ipupdater/protocol'
import { MAX_INTERVAL_SECONDS, ProtocolError, parseDeviceName, parseSecret } from '@ipupdater/protocol'
import { duration, readSecretFile } from '@ipupdater/runtime'
import { AdminError } from './admin-error.ts'
import type { AdminContext } from './context.ts'

/** @throws AdminError `misused` */
export function deviceArgument(text: string): DeviceName {
  try {
    return parseDeviceName(text)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new AdminError('misused', `${error.message}.`, 'choose a name such as "home" or "cabin-2".')
  }
}

/** Seconds. @throws AdminError `misused` */
export function intervalArgument(text: string): number {
  try {
    return interval.read(text)
  } catch {
    const fault = `--interval ${JSON.stringify(text)} is not a duration.`
    throw new AdminError('misused', fault, 'write one such as 10m or 25h, at most 31d.')
  }
}

const interval = duration({
  name: '--interval',
  description: 'How often the device reports.',
  unit: 's',
  min: 1,
  max: MAX_INTERVAL_SECONDS,
})

/** The secret in a file, or on standard input for "-". @throws AdminError `misused` */
export function secretFileArgument(file: string, isContainer: boolean): Secret {
  const fail = (fault: string) => {
    const advice = isContainer
      ? 'name a file inside the container, or "-" and pass it with "docker compose exec -T receiver … < FILE".'
      : 'name a file with nothing but the secret in it, or "-" for standard input.'
    return new AdminError('misused', `--secret-file ${file}${fault}`, advice)
  }
  const { text, fault } = readSecretFile(file === '-' ? 0 : file)
  if (fault !== undefined) throw fail(` ${fault}`)
  try {
    return parseSecret(text)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw fail(`: ${error.message}.`)
  }
}

/** The secret of the device of SECRET can only be changed in the environment. @throws AdminError `refused` */
export function assertNotOfEnvironment(device: DeviceName, { settings, isContainer }: AdminContext): void {
  if (settings.secret === null || settings.device !== device) return
  const restart = isContainer ? 'docker compose up -d receiver' : 'restart the receiver'
  throw new AdminError(
    'refused',
    `${device} has its secret from SECRET in the receiver's environment, which this command cannot change.`,
    `change it there (.env), then: ${restart}. Or remove SECRET there, restart, and add the device here: ipupdater-admin device add ${device}`,
  )
}
