import { StartError } from '@ipupdater/runtime'

export interface WantedAddress {
  readonly host: string | null
  readonly port: number
  /** The setting of the port; that of the host ends in HOST instead of PORT. */
  readonly portSetting: string
}

/** An error of listen(2) in words, with advice. */
export function explainListenError(error: NodeJS.ErrnoException, wanted: WantedAddress): Error {
  const { host, port, portSetting } = wanted
  const hostSetting = portSetting.replace(/PORT$/, 'HOST')
  const where = `port ${port} on ${host ?? 'all addresses'}`
  const cause = { cause: error }
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(
        'address-in-use',
        `${where} is taken by another program.`,
        `see which one by "ss -ltnp sport = :${port}" and stop it, or choose another port: ${portSetting}=${port + 1}.`,
        cause,
      )
    case 'EACCES':
      return new StartError(
        'address-not-allowed',
        `${where} is reserved for root.`,
        `choose a port from 1024 on: ${portSetting}=8080. In Docker publish it under the number you want: -p 80:8080.`,
        cause,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new StartError(
        'address-not-ours',
        `${hostSetting}=${host ?? ''} is not an address of this machine.`,
        `use one that "ip address" shows, 127.0.0.1 for this machine only, or :: for all addresses: ${hostSetting}=::.`,
        cause,
      )
    default:
      return error
  }
}
