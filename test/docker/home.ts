import { docker, run, shell } from '../fixtures/shell.ts'
import type { Server } from './server.ts'
import { SERVER_NAME } from './server.ts'
import { homeNetwork } from './tools.ts'

/** The addresses of the WAN that the network tool makes. */
export const wan = { server: '198.51.100.1', first: '198.51.100.50', second: '198.51.100.60' }
/** IPv6 on the same WAN, added by this file. */
const wan6 = { server: '2001:db8:78::1', home: '2001:db8:78::50' }

const container = 'ipupdater-test-client'

/** A LAN with the client's container, behind a NAT router with a changeable WAN address. */
export interface Home extends AsyncDisposable {
  /** Runs the command that the server printed, in the LAN. */
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
  await remove() // left over from an aborted run
  await homeNetwork('up')
  return {
    startClient: async (line, settings) => {
      const flags = Object.entries(settings).map(([name, value]) => `-e ${name}='${value}'`)
      // The router refuses DNS at once; other name servers would time out.
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

/** Runs one report over IPv6, from the sources, in the router's network. */
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
