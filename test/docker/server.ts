import { freePort } from '../fixtures/free-port.ts'
import { docker, run } from '../fixtures/shell.ts'
import { requireEngine } from './tools.ts'

const project = 'ipupdater-test'

/** The name by which home machines know it. */
export const SERVER_NAME = 'ddns.example.test'

/** The project's own compose file, started as `docker compose up --build` does, under a name of its own. */
export interface Server extends AsyncDisposable {
  readonly receiverPort: number
  readonly viewerPort: number
  compose(...args: readonly string[]): Promise<string>
  /** The container's id; also of one that has stopped. */
  container(service: Service): Promise<string>
  /** `docker inspect` with a Go template. */
  inspect(service: Service, template: string): Promise<string>
  /** Registers a device, as the documentation says; resolves to what that prints. */
  addDevice(name: string): Promise<string>
  /** What the viewer answers. */
  view(path: string, accept?: string): Promise<{ status: number; text: string }>
}

export type Service = 'receiver' | 'viewer' | 'notifier'

/** `settings` are the variables of .env. `up`: what to start; by default all of it, and until it is healthy. */
export async function startServer(
  settings: Record<string, string> = {},
  up: readonly string[] = ['--wait'],
): Promise<Server> {
  await requireEngine()
  // Docker wants numbers that stay the same when a container is restarted.
  const [receiverPort, viewerPort] = [await freePort('::'), await freePort('::')]
  const env = {
    // Its own IPv6 network, so that it can run beside a stack that is in use.
    IPV6_SUBNET: 'fd69:7075:7064:7e57::/64',
    RECEIVER_PORT: String(receiverPort),
    VIEWER_PORT: `127.0.0.1:${viewerPort}`,
    PUBLIC_URL: `http://${SERVER_NAME}:${receiverPort}`,
    // The tests' addresses are those kept for documentation.
    ALLOW_PRIVATE_ADDRESSES: 'true',
    ...settings,
  }
  // A developer's own .env is not the test's business.
  const compose = (...args: readonly string[]) =>
    run('docker', ['compose', '--project-name', project, '--env-file', '/dev/null', ...args], env)
  const remove = () => compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '2')
  const container = async (service: Service) => (await compose('ps', '--all', '--quiet', service)).trim()

  await remove() // what a run that was cut short has left
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
