import type { DeviceName, Secret } from '@ipupdater/protocol'
import { generateSecret } from '@ipupdater/protocol'
import { secretFileArgument } from '../arguments.ts'
import type { AdminContext } from '../context.ts'
import type { RunLineOptions } from './run-line.ts'
import { clientLine, envFileLines, runLine } from './run-line.ts'

/** A secret for a device: generated and shown once, or given in a file and not shown. */
export interface NewSecret {
  readonly secret: Secret
  readonly isGiven: boolean
}

/** @throws AdminError `misused` */
export function newSecret(context: AdminContext, secretFile: string | undefined): NewSecret {
  return secretFile === undefined
    ? { secret: generateSecret(context.randomBytes), isGiven: false }
    : { secret: secretFileArgument(secretFile, context.isContainer), isGiven: true }
}

/** What the operator takes to the home machine. `replaces`: a client already runs there. */
export function homeInstructions(
  { settings, isContainer }: AdminContext,
  device: DeviceName,
  { secret, isGiven }: NewSecret,
  { replaces }: { replaces: boolean },
): string[] {
  const { publicUrl: server, port } = settings
  const home = { server, port, device, secret: isGiven ? 'ITS-SECRET' : secret }
  const stop = replaces ? ['  docker rm -f ipupdater'] : []
  return [
    ...(isGiven ? [] : ['Its secret, which is not shown again:', '', `  ${secret}`, '']),
    'On the home machine, with the image made once by "docker build -t ipupdater-client -f Dockerfile.client .":',
    '',
    ...stop,
    `  ${runLine(home)}`,
    '',
    'That line puts the secret into the history of the shell. To keep it out, write these lines into a file',
    'ipupdater.env (mode 0600), and give docker run "--env-file ipupdater.env" instead of the three -e:',
    '',
    ...envFileLines(home).map(line => `  ${line}`),
    '',
    ...(isContainer ? [] : withoutDocker(home)),
    ...(isGiven ? ['ITS-SECRET stands for the secret that you gave.'] : []),
    ...(server === null
      ? [`YOUR-SERVER stands for this server's name or address. Set PUBLIC_URL, and it is filled in.`]
      : []),
  ]
}

/** For the operator of a server that runs without Docker, whose home machine may well do the same. */
function withoutDocker(home: RunLineOptions): string[] {
  return [
    'Without Docker there, in a clone of this repository after "npm ci", with the secret as the only line of a file',
    `${home.device}.secret (mode 0600):`,
    '',
    `  ${clientLine(home)}`,
    '',
  ]
}

/** For --json: the same facts. The secret is null if it was given. */
export function homeData({ settings }: AdminContext, device: DeviceName, { secret, isGiven }: NewSecret) {
  const { publicUrl } = settings
  return { device, secret: isGiven ? null : secret, serverUrl: publicUrl?.href.replace(/\/$/, '') ?? null }
}
