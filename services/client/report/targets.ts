import { isIPv4, isIPv6 } from 'node:net'
import type { Family } from '@ipupdater/protocol'
import type { ClientSettings } from '../settings/client-settings.ts'

/** A server, and the families to reach it over. */
export interface Target {
  server: URL
  families: readonly Family[]
}

/** The servers to report to. */
export function targetsOf({ servers, host, family }: ClientSettings): Target[] {
  return (servers ?? ['']).map(given => {
    const server = typeof given === 'string' ? new URL(given, host ?? undefined) : given
    return {
      server,
      families: familiesOf(server).filter(each => family === 'auto' || each === Number(family)),
    }
  })
}

/** What is wrong with settings that are valid one by one but do not fit together. */
export function* targetFaults(settings: ClientSettings): Generator<string> {
  const { servers, host, family } = settings
  const path = servers?.find(given => typeof given === 'string')
  const whole = servers?.find(given => typeof given !== 'string')
  if (path !== undefined && host === null) {
    yield `SERVER_URL="${path}" is only a path. Write the whole address, or give its host as SERVER_HOST.`
  } else if (whole !== undefined && host !== null) {
    yield `SERVER_URL="${whole}" and SERVER_HOST="${host.host}" both name a host. Keep one of them.`
  } else {
    for (const { server, families } of targetsOf(settings)) {
      if (families.length === 0)
        yield `FAMILY=${family} does not fit "${server.host}", an address of the other family.`
    }
  }
}

/** A name may have both families, and one of them is enough. An address has exactly one. */
function familiesOf({ hostname }: URL): readonly Family[] {
  if (isIPv4(hostname)) return [4]
  return isIPv6(hostname.slice(1, -1)) ? [6] : [4, 6]
}
