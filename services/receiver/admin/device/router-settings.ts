import type { DeviceName } from '@ipupdater/protocol'

export interface RouterAccount {
  /** Host, and port if it is not 443. */
  readonly server: string
  readonly device: DeviceName
  readonly password: string
}

/** Settings to copy into the common routers and clients. The same as in docs/routers.md. */
export function routerSettings({ server, device, password }: RouterAccount): string[] {
  // RFC 8375 reserves home.arpa for homes. Only the first label counts.
  const hostname = `${device}.home.arpa`
  const url = `https://${server}/nic/update`
  return [
    'FRITZ!Box (Internet, Permit Access, DynDNS, provider "User-defined"):',
    `  Update URL   ${url}?hostname=<domain>&myip=<ipaddr>&myipv6=<ip6addr>`,
    `  Domain name  ${hostname}`,
    `  User name    ${device}`,
    `  Password     ${password}`,
    '',
    'UniFi (Settings, Internet, Dynamic DNS, service "custom"):',
    `  Hostname ${hostname}, Username ${device}, Password ${password}`,
    `  Server   ${server}/nic/update?hostname=%h&myip=%i`,
    '',
    'MikroTik RouterOS 7:',
    `  /tool/fetch url="${url}\\?hostname=${hostname}" user=${device} password=${password} http-auth-scheme=basic output=none`,
    '',
    'OpenWrt (ddns-scripts):',
    `  update_url 'https://[USERNAME]:[PASSWORD]@${server}/nic/update?hostname=[DOMAIN]&myip=[IP]'`,
    `  domain ${hostname}, username ${device}, password ${password}, use_https 1`,
    '',
    'OPNsense (os-ddclient, service "Custom", protocol "DynDns2") and ddclient:',
    `  ssl=yes, protocol=dyndns2, server=${server}, login=${device}, password='${password}', ${hostname}`,
    '',
    'inadyn:',
    `  custom ipupdater { ddns-server = ${server}; ddns-path = "/nic/update?hostname=%h&myip=%i"; username = ${device}; password = "${password}"; hostname = ${hostname} }`,
    '',
    'To try it:',
    `  curl -u ${device}:${password} '${url}?hostname=${hostname}'`,
    '',
  ]
}
