import { docker, run, shell } from '../fixtures/shell.ts'
import type { Server } from './server.ts'
import { SERVER_NAME } from './server.ts'
import { homeNetwork } from './tools.ts'

/** The addresses of the WAN that the network tool makes. */
export const wan = { server: '198.51.100.1', first: '198.51.100.50', second: '198.51.100.60' }
/** IPv6 on the same WAN, which the tool leaves to us. */
const wan6 = { server: '2001:db8:78::1', home: '2001:db8:78::50' }

const container = 'ipupdater-test-client'

/** A home: a LAN with the client's container in it, behind a NAT router whose WAN address can be changed. */
export interface Home extends AsyncDisposable {
  /** Starts the client by the line that the server printed, in the LAN. */
  startClient(line: string, settings: Record<string, string>): Promise<void>
  /** Runs `ipupdater` in the client's container. */
  ipupdater(...args: readonly string[]): Promise<string>
  clientLog(): Promise<string>
  /** The provider gives the home another address. */
  moveTo(address: string): Promise<void>
}

export async function startHome(): Promise<Home> {
  const remove = async () => {
    await docker('rm', '--force', container)
    await homeNetwork('down')
  }
  await remove() // what a run that was cut short has left
  await homeNetwork('up')
  return {
    startClient: async (line, settings) => {
      const flags = Object.entries(settings).map(([name, value]) => `-e ${name}='${value}'`)
      // The router answers no DNS, but says so at once; any other name server would be waited for.
      const inLan = ['--network home', '--dns 10.78.0.1', `--add-host ${SERVER_NAME}:${wan.server}`, ...flags]
      await shell(
        line
          .replace('docker run ', `docker run ${inLan.join(' ')} `)
          .replace('--name ipupdater ', `--name ${container} `),
      )
    },
    ipupdater: (...args) => docker('exec', container, 'ipupdater', ...args),
    clientLog: () => shell(`docker logs ${container} 2>&1`),
    moveTo: async address => {
      await homeNetwork('addr', address)
    },
    async [Symbol.asyncDispose]() {
      await remove()
    },
  }
}

/** One report over IPv6, from the sources, out of the router's own network: what it prints, and its exit code. */
export async function reportByIPv6(
  server: Server,
  secret: string,
): Promise<{ exit: number; output: string }> {
  await run('ip', ['addr', 'replace', `${wan6.server}/64`, 'dev', 'wan0', 'nodad'])
  await homeNetwork('run', 'ip', 'addr', 'replace', `${wan6.home}/64`, 'dev', 'wan', 'nodad')
  const settings = {
    SERVER_URL: `http://[${wan6.server}]:${server.receiverPort}`,
    SECRET: secret,
    FAMILY: '6',
    STATUS_FILE: '/dev/null',
  }
  const env = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  const command = ['env', ...env, process.execPath, 'services/client/main.ts', 'update']
  return homeNetwork('run', ...command).then(
    output => ({ exit: 0, output }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      exit: error.code,
      output: error.stdout + error.stderr,
    }),
  )
}

export const homeIPv6 = wan6.home
