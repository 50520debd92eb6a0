import type { DeviceName } from '@ipupdater/protocol'

export interface RunLineOptions {
  readonly server: URL | null
  /** Of the receiver, if `server` is null. */
  readonly port: number
  readonly device: DeviceName
  readonly secret: string
}

/** The line that starts the client on the home machine, ready to be pasted. */
export function runLine(options: RunLineOptions): string {
  const flags = settingsOf(options).map(([name, value]) => `-e ${name}=${shellWord(value)}`)
  return `docker run -d --name ipupdater --restart unless-stopped ${confinement} ${flags.join(' ')} ipupdater-client`
}

/** The same settings as lines for `docker run --env-file`, which takes everything after "=" literally. */
export function envFileLines(options: RunLineOptions): string[] {
  return settingsOf(options).map(([name, value]) => `${name}=${value}`)
}

/** The line that starts the client from a clone of the repository. The secret is in a file, not in the line. */
export function clientLine({ device, ...options }: RunLineOptions): string {
  const url = shellWord(serverUrl(options))
  return `SERVER_URL=${url} DEVICE=${device} SECRET_FILE=./${device}.secret npm run -s client -- run`
}

function settingsOf({ device, secret, ...options }: RunLineOptions): [name: string, value: string][] {
  return [
    ['SERVER_URL', serverUrl(options)],
    ['DEVICE', device],
    ['SECRET', secret],
  ]
}

function serverUrl({ server, port }: Pick<RunLineOptions, 'server' | 'port'>): string {
  return server?.href.replace(/\/$/, '') ?? `http://YOUR-SERVER:${port}`
}

/** The client writes nothing outside its memory, and neither has nor gains any privilege. */
const confinement = '--read-only --cap-drop ALL --security-opt no-new-privileges'

/** Unchanged if a shell takes it literally, otherwise in single quotes. */
export function shellWord(text: string): string {
  return /^[\w.:/@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
