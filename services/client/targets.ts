import { isIPv4, isIPv6 } from 'node:net'
import type { Family } from '@ipupdater/protocol'
import type { ClientSettings } from './settings.ts'

/** A server, and the families to reach it by. */
export interface Target {
  server: URL
  families: readonly Family[]
}

/** Where to report to, and by what. */
export function targetsOf({ servers, host, family }: ClientSettings): Target[] {
  return (servers ?? ['']).map(given => {
    const server = typeof given === 'string' ? new URL(given, host ?? undefined) : given
    return {
      server,
      families: familiesOf(server).filter(each => family === 'auto' || each === Number(family)),
    }
  })
}

/** What keeps the settings from naming servers that can be reached. */
export function* targetFaults(settings: ClientSettings): Generator<string> {
  const { servers, host, family } = settings
  const path = servers?.find(given => typeof given === 'string')
  const whole = servers?.find(given => typeof given !== 'string')
  if (path !== undefined && host === null) {
    yield `SERVER_URL="${path}" is only a path; wanted: the whole address, or its host as SERVER_HOST`
  } else if (whole !== undefined && host !== null) {
    yield `SERVER_URL="${whole}" and SERVER_HOST="${host.host}" both name a host; keep one of them`
  } else {
    for (const { server, families } of targetsOf(settings)) {
      if (families.length === 0)
        yield `FAMILY=${family} does not fit "${server.host}", an address of the other family`
    }
  }
}

/** By name: both, and the other one is missed by nobody if it isn't there. An address has just one family. */
function familiesOf({ hostname }: URL): readonly Family[] {
  if (isIPv4(hostname)) return [4]
  return isIPv6(hostname.slice(1, -1)) ? [6] : [4, 6]
}
