import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TlsProxy } from './tls-proxy.ts'

export interface Account {
  readonly user: string
  readonly password: string
  readonly hostname: string
  readonly family: 4 | 6
}

export interface Outcome {
  /** What the client itself believes. */
  readonly updated: boolean
  readonly output: string
}

const serverOf = ({ family }: Account, { port }: TlsProxy) => `ipv${family}.example.test:${port}`

/** Debian's ddclient, once, with an empty cache. */
export async function ddclient(proxy: TlsProxy, dir: string, account: Account): Promise<Outcome> {
  const file = join(dir, `ddclient-${Math.random()}.conf`)
  const own = account.family === 4 ? 'use=ip, ip=127.0.0.1' : 'usev6=ipv6, ipv6=::1'
  const lines = [
    'ssl=yes',
    'protocol=dyndns2',
    `server=${serverOf(account, proxy)}`,
    own,
    `login=${account.user}`,
    `password='${account.password}'`,
    account.hostname,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  const flags = ['-daemon=0', '-noquiet', '-verbose', '-file', file, '-cache', `${file}.cache`]
  const { output } = await proxy.client('ddclient', [...flags, '-ssl_ca_file', proxy.certificate])
  return { updated: /status=good/.test(readFileSync(`${file}.cache`, 'utf8')), output }
}

/** Debian's inadyn, once, with an empty cache. */
export async function inadyn(proxy: TlsProxy, dir: string, account: Account): Promise<Outcome> {
  const file = join(dir, `inadyn-${Math.random()}.conf`)
  writeFileSync(
    file,
    `allow-ipv6 = true
ca-trust-file = "${proxy.certificate}"
custom ipupdater {
  ddns-server = "${serverOf(account, proxy)}"
  ddns-path = "/nic/update?hostname=%h&myip=%i"
  username = ${account.user}
  password = "${account.password}"
  hostname = ${account.hostname}
  checkip-command = "echo ${account.family === 4 ? '127.0.0.1' : '::1'}"
}
`,
    { mode: 0o600 },
  )
  const flags = [
    '--once',
    '--foreground',
    '--force',
    '--loglevel=debug',
    '--config',
    file,
    '--cache-dir',
    dir,
  ]
  const { output } = await proxy.client('inadyn', flags)
  return { updated: /Successful alias table update/.test(output), output }
}
