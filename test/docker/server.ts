import { freePort } from '../fixtures/free-port.ts'
import { docker, run } from '../fixtures/shell.ts'
import { requireEngine } from './tools.ts'

const project = 'ipupdater-test'

/** Its host name in the home network. */
export const SERVER_NAME = 'ddns.example.test'

/** The project's compose file, as with `docker compose up --build`, under another project name. */
export interface Server extends AsyncDisposable {
  readonly receiverPort: number
  readonly viewerPort: number
  compose(...args: readonly string[]): Promise<string>
  /** The container's id, even if it has stopped. */
  container(service: Service): Promise<string>
  /** `docker inspect` with a Go template. */
  inspect(service: Service, template: string): Promise<string>
  /** Registers a device as documented. @returns the output */
  addDevice(name: string): Promise<string>
  /** What the viewer answers. */
  view(path: string, accept?: string): Promise<{ status: number; text: string }>
}

export type Service = 'receiver' | 'viewer' | 'notifier'

/** `settings`: variables of .env. `up`: arguments of `up`; by default it waits until all are healthy. */
export async function startServer(
  settings: Record<string, string> = {},
  up: readonly string[] = ['--wait'],
): Promise<Server> {
  await requireEngine()
  // Fixed, because a restart must keep the same ports.
  const [receiverPort, viewerPort] = [await freePort('::'), await freePort('::')]
  const env = {
    // Its own IPv6 network, so it can run next to a stack in use.
    IPV6_SUBNET: 'fd69:7075:7064:7e57::/64',
    RECEIVER_PORT: String(receiverPort),
    VIEWER_PORT: `127.0.0.1:${viewerPort}`,
    PUBLIC_URL: `http://${SERVER_NAME}:${receiverPort}`,
    // The tests use documentation addresses.
    ALLOW_PRIVATE_ADDRESSES: 'true',
    ...settings,
  }
  // Ignores a developer's own .env.
  const compose = (...args: readonly string[]) =>
    run('docker', ['compose', '--project-name', project, '--env-file', '/dev/null', ...args], env)
  const remove = () => compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '2')
  const container = async (service: Service) => (await compose('ps', '--all', '--quiet', service)).trim()

  await remove() // left over from an aborted run
  try {
    await compose('build', '--quiet')
    await compose('up', '--detach', ...up)
  } catch (error) {
    const logs = await compose('logs', '--no-color')
    await remove()
    throw new Error(`the server did not start; it logged:\n${logs}`, { cause: error })
  }
  return {
    receiverPort,
    viewerPort,
    compose,
    container,
    inspect: async (service, template) =>
      (await docker('inspect', '--format', template, await container(service))).trim(),
    addDevice: name => compose('exec', '-T', 'receiver', 'ipupdater-admin', 'device', 'add', name),
    view: async (path, accept = 'text/plain') => {
      const answer = await fetch(`http://127.0.0.1:${viewerPort}${path}`, { headers: { accept } })
      return { status: answer.status, text: await answer.text() }
    },
    async [Symbol.asyncDispose]() {
      await remove()
    },
  }
}
