import { familyName } from '@ipupdater/protocol'
import { preferredAddress } from '../read/preferred-address.ts'
import type { AcceptedAddress } from '../read/verify-entry.ts'

export interface ExportOptions {
  /** Appended to the names of devices, without a dot at either end; null: none. */
  domain: string | null
  /** Seconds that a DNS record may be cached. */
  ttl: number
  /** The port of Prometheus targets; null: none. */
  port: number | null
  /** The nftables table of the sets. */
  table: string
}

/** The addresses of one device that pass every check; at least one. */
export type DeviceAddresses = readonly [AcceptedAddress, ...AcceptedAddress[]]

export interface ExportFormat {
  readonly description: string
  /** The whole file. It depends on the addresses alone, so that it changes only if one of them does. */
  readonly render: (devices: readonly DeviceAddresses[], options: ExportOptions) => string
  /** Whether a file was written in this format, and may be replaced. */
  readonly isOurs: (content: string) => boolean
}

const HEADER = 'Written by ipupdater export. Do not edit.'

export const EXPORT_FORMATS = {
  hosts: {
    description: 'lines of /etc/hosts',
    render: (devices, { domain }) =>
      withHeader(
        '#',
        devices.flat().map(({ device, address }) => `${address} ${namesOf(device, domain)}`),
      ),
    isOurs: startsWith('#'),
  },
  'ssh-config': {
    description: 'Host blocks of ssh_config, for Include',
    render: (devices, { domain }) =>
      withHeader(
        '#',
        devices.flatMap(each => sshHost(each, domain)),
      ),
    isOurs: startsWith('#'),
  },
  nginx: {
    description: 'allow lines, for include',
    render: devices =>
      withHeader(
        '#',
        devices.flat().map(({ device, address }) => `allow ${address}; # ${device}`),
      ),
    isOurs: startsWith('#'),
  },
  nftables: {
    description: 'sets of addresses, for nft -f',
    render: (devices, { table }) =>
      withHeader('#', [`add table inet ${table}`, ...devices.flatMap(each => nftSets(each, table))]),
    isOurs: startsWith('#'),
  },
  prometheus: {
    description: 'targets of file_sd_configs, as JSON',
    render: (devices, { port }) =>
      `${JSON.stringify(
        devices.flat().map(each => targetOf(each, port)),
        null,
        2,
      )}\n`,
    isOurs: isTargetList,
  },
  zone: {
    description: 'A and AAAA records of a zone file, for $INCLUDE',
    render: (devices, { domain, ttl }) =>
      withHeader(
        ';',
        devices.flat().map(({ device, family, address }) => {
          const name = domain === null ? device : `${device}.${domain}.`
          return `${name} ${ttl} IN ${family === 4 ? 'A' : 'AAAA'} ${address}`
        }),
      ),
    isOurs: startsWith(';'),
  },
} as const satisfies Record<string, ExportFormat>

export type ExportFormatName = keyof typeof EXPORT_FORMATS

function withHeader(comment: string, lines: readonly string[]): string {
  return `${[`${comment} ${HEADER}`, ...lines].join('\n')}\n`
}

function startsWith(comment: string): (content: string) => boolean {
  return content => content.startsWith(`${comment} ${HEADER}\n`)
}

function namesOf(device: string, domain: string | null): string {
  return domain === null ? device : `${device}.${domain} ${device}`
}

/** ssh uses one address for a host; the key is remembered for the name, not for the address. */
function sshHost(addresses: DeviceAddresses, domain: string | null): string[] {
  const { device, address } = preferredAddress(addresses)
  return [
    `Host ${domain === null ? device : `${device} ${device}.${domain}`}`,
    `  HostName ${address}`,
    `  HostKeyAlias ${device}`,
  ]
}

/** Both sets exist even if one is empty, so that rules can name them. nft applies a file as one transaction. */
function nftSets(addresses: DeviceAddresses, table: string): string[] {
  return ([4, 6] as const).flatMap(family => {
    const { device } = addresses[0]
    // A name begins with a letter (nft(8)).
    const set = `inet ${table} ${/^\d/.test(device) ? `device_${device}` : device}_ipv${family}`
    const elements = addresses.filter(each => each.family === family).map(({ address }) => address)
    return [
      `add set ${set} { type ipv${family}_addr; }`,
      `flush set ${set}`,
      ...(elements.length === 0 ? [] : [`add element ${set} { ${elements.join(', ')} }`]),
    ]
  })
}

const SOURCE = 'ipupdater export'

function targetOf({ device, family, address }: AcceptedAddress, port: number | null) {
  const host = port !== null && family === 6 ? `[${address}]` : address
  return {
    targets: [port === null ? host : `${host}:${port}`],
    labels: { device, family: familyName(family), source: SOURCE },
  }
}

function isTargetList(content: string): boolean {
  try {
    const list = JSON.parse(content)
    return Array.isArray(list) && list.every(({ labels }) => labels?.source === SOURCE)
  } catch {
    return false
  }
}
