import type { DeviceName } from '@ipupdater/protocol'

/** The line that starts the client on the home machine, ready to be pasted. */
export function runLine(o: { server: URL | null; port: number; device: DeviceName; secret: string }): string {
  const server = o.server?.href.replace(/\/$/, '') ?? `http://YOUR-SERVER:${o.port}`
  const settings = { SERVER_URL: server, DEVICE: o.device, SECRET: o.secret }
  const flags = Object.entries(settings).map(([name, value]) => `-e ${name}=${shellWord(value)}`)
  return `docker run -d --name ipupdater --restart unless-stopped ${confinement} ${flags.join(' ')} ipupdater-client`
}

/** The client writes nothing outside its memory, and neither has nor gains any privilege. */
const confinement = '--read-only --cap-drop ALL --security-opt no-new-privileges'

/** As it is where a shell takes it as it is, else in single quotes. */
function shellWord(text: string): string {
  return /^[\w.:/@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
