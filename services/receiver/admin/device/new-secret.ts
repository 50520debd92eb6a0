import type { DeviceName, Secret } from '@ipupdater/protocol'
import { generateSecret } from '@ipupdater/protocol'
import { secretFileArgument } from '../arguments.ts'
import type { AdminContext } from '../context.ts'
import { envFileLines, runLine } from './run-line.ts'

/** A secret for a device: made here and shown once, or given in a file and not shown. */
export interface NewSecret {
  readonly secret: Secret
  readonly isGiven: boolean
}

/** @throws AdminError `misused` */
export function newSecret(context: AdminContext, secretFile: string | undefined): NewSecret {
  return secretFile === undefined
    ? { secret: generateSecret(context.randomBytes), isGiven: false }
    : { secret: secretFileArgument(secretFile), isGiven: true }
}

/** What the owner carries to the home machine: the line that starts the client, in the place of another one or not. */
export function printForHome(
  { print, settings }: AdminContext,
  device: DeviceName,
  { secret, isGiven }: NewSecret,
  { replaces }: { replaces: boolean },
): void {
  const { publicUrl: server, port } = settings
  if (!isGiven) print(`Its secret, which is not shown again:\n\n  ${secret}\n`)
  print(
    'On the home machine, with the image made once by "docker build -t ipupdater-client -f Dockerfile.client .":\n',
  )
  if (replaces) print('  docker rm -f ipupdater')
  const client = { server, port, device, secret: isGiven ? 'ITS-SECRET' : secret }
  print(`  ${runLine(client)}\n`)
  print(
    'That line puts the secret into the history of the shell. To keep it out, write these lines into a file',
  )
  print(
    'ipupdater.env (mode 0600), and give docker run "--env-file ipupdater.env" instead of the three -e:\n',
  )
  print(`  ${envFileLines(client).join('\n  ')}\n`)
  if (isGiven) print('ITS-SECRET stands for the secret that you gave.')
  if (server === null) {
    print("YOUR-SERVER stands for this server's name or address; with PUBLIC_URL in .env it is filled in.")
  }
}
