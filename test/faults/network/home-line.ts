import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Addresses kept for documentation, in the half of the block that `home-network` does not use: the two can
 * stand side by side.
 */
export const wan = {
  server: '198.51.100.129',
  /** Where the server moves to. */
  serverElsewhere: '198.51.100.130',
  /** Name server, portals and proxies. */
  provider: '198.51.100.131',
  home: '198.51.100.150',
  /** Another address that the provider gives the home. */
  homeElsewhere: '198.51.100.151',
} as const

/**
 * A home with its line: a network namespace for the device, one for the NAT router, and the internet, which
 * is this machine. The router has no way to anywhere else.
 */
export interface HomeLine extends Disposable {
  /** The command that starts a program at home. */
  readonly through: readonly string[]
  /** Of all packets, so many percent are lost, both ways. */
  lose(percent: number): void
  /** So many bits a second, both ways; null: as fast as it goes. */
  slowDown(bitsPerSecond: number | null): void
  unplug(): void
  /** With the address that the provider gives the home now. */
  plugIn(address?: string): void
  /** The router leads connections to the server's port to one of the provider's, as a captive portal does. */
  divert(port: number, to: number): void
  endDiversion(): void
  /** The server is under another address from now on, and under no other. */
  moveServer(address: string): void
}

export function openHomeLine(): HomeLine {
  if (process.getuid?.() !== 0)
    throw new Error('npm run test:faults makes network namespaces: run it as root')
  remove() // what a run that was cut short has left
  build()
  return {
    through: ['ip', 'netns', 'exec', HOME],
    lose(percent) {
      inRouter('iptables -F FORWARD')
      const chance = `-m statistic --mode random --probability ${percent / 100}`
      if (percent > 0) inRouter(`iptables -A FORWARD ${percent < 100 ? chance : ''} -j DROP`)
    },
    slowDown(bitsPerSecond) {
      for (const side of ['wan', 'lan']) {
        if (bitsPerSecond === null) inRouter(`tc qdisc del dev ${side} root`)
        // The bucket holds one packet; the queue is longer than all that is ever sent.
        else inRouter(`tc qdisc replace dev ${side} root tbf rate ${bitsPerSecond}bit burst 600b limit 64kb`)
      }
      // As on a telephone line, so that a packet is not all that there is to send.
      run(`ip -n ${HOME} link set lan mtu ${bitsPerSecond === null ? 1500 : 576}`)
    },
    unplug: () => run(`ip -n ${ROUTER} link set wan down`),
    plugIn(address = wan.home) {
      run(`ip -n ${ROUTER} -4 addr flush dev wan`)
      run(`ip -n ${ROUTER} addr add ${address}/25 dev wan`)
      run(`ip -n ${ROUTER} link set wan up`)
    },
    divert: (port, to) =>
      inRouter(
        `iptables -t nat -A PREROUTING -i lan -p tcp -d ${wan.server} --dport ${port} -j DNAT --to ${wan.provider}:${to}`,
      ),
    endDiversion: () => inRouter('iptables -t nat -F PREROUTING'),
    moveServer(address) {
      for (const other of [wan.server, wan.serverElsewhere]) tryTo(`ip addr del ${other}/32 dev ${INTERNET}`)
      run(`ip addr add ${address}/32 dev ${INTERNET}`)
    },
    [Symbol.dispose]: remove,
  }
}

function build(): void {
  for (const namespace of [HOME, ROUTER]) {
    run(`ip netns add ${namespace}`)
    run(`ip -n ${namespace} link set lo up`)
  }
  run(`ip link add ${INTERNET} type veth peer name wan netns ${ROUTER}`)
  run(`ip addr add ${wan.provider}/25 dev ${INTERNET}`)
  run(`ip addr add ${wan.server}/32 dev ${INTERNET}`)
  run(`ip link set ${INTERNET} up`)
  run(`ip -n ${ROUTER} addr add ${wan.home}/25 dev wan`)
  run(`ip -n ${ROUTER} link set wan up`)
  run(`ip -n ${ROUTER} link add lan type veth peer name lan netns ${HOME}`)
  run(`ip -n ${ROUTER} addr add 10.79.0.1/24 dev lan`)
  run(`ip -n ${ROUTER} link set lan up`)
  run(`ip -n ${HOME} addr add 10.79.0.2/24 dev lan`)
  run(`ip -n ${HOME} link set lan up`)
  run(`ip -n ${HOME} route add default via 10.79.0.1`)
  inRouter('sysctl -qw net.ipv4.ip_forward=1')
  inRouter('iptables -t nat -A POSTROUTING -o wan -j MASQUERADE')
  mkdirSync(dirname(RESOLV_CONF), { recursive: true })
  // ip-netns(8): `ip netns exec` puts it in the place of /etc/resolv.conf.
  writeFileSync(RESOLV_CONF, `nameserver ${wan.provider}\noptions timeout:1\n`)
}

function remove(): void {
  for (const namespace of [HOME, ROUTER]) tryTo(`ip netns del ${namespace}`)
  tryTo(`ip link del ${INTERNET}`)
  rmSync(dirname(RESOLV_CONF), { recursive: true, force: true })
}

const HOME = 'ipufaults-home'
const ROUTER = 'ipufaults-router'
const INTERNET = 'ipufaults-net'
const RESOLV_CONF = `/etc/netns/${HOME}/resolv.conf`

const inRouter = (command: string): void => run(`ip netns exec ${ROUTER} ${command}`)

function run(command: string): void {
  const [program = '', ...args] = command.split(' ').filter(word => word !== '')
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Where it may well be that there is nothing to do. */
function tryTo(command: string): void {
  try {
    run(command)
  } catch {}
}
