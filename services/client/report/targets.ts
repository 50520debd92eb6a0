import { isIPv4, isIPv6 } from 'node:net'
import type { Family, Secret } from '@ipupdater/protocol'
import type { FlagNames } from '@ipupdater/runtime'
import type { ClientSettings } from '../settings/client-settings.ts'
import type { Secrets } from '../settings/secrets.ts'
import { secretsOf } from '../settings/secrets.ts'

/** A server, the families to reach it over, and the secret that the device shares with it. */
export interface Target {
  server: URL
  families: readonly Family[]
  secret: Secret
}

type TargetSettings = Pick<ClientSettings, 'servers' | 'host' | 'family'> & { secrets: Secrets }

/** The servers to report to, each once. */
export function targetsOf(settings: TargetSettings): Target[] {
  const { family } = settings
  const servers = serversOf(settings)
  const secrets = secretsOf(settings.secrets, servers.length)
  const targets = servers.flatMap((server, index) => {
    const secret = secrets?.[index]
    const families = familiesOf(server).filter(each => family === 'auto' || each === Number(family))
    return secret === undefined ? [] : [{ server, families, secret }]
  })
  return targets.filter(
    (target, index) =>
      index ===
      targets.findIndex(each => each.server.href === target.server.href && each.secret === target.secret),
  )
}

function serversOf({ servers, host }: Pick<ClientSettings, 'servers' | 'host'>): URL[] {
  return (servers ?? ['']).map(given =>
    typeof given === 'string' ? new URL(given, host ?? undefined) : given,
  )
}

/** What is wrong with settings that are valid one by one but do not fit together. */
export function* targetFaults(settings: TargetSettings, flags: FlagNames): Generator<string> {
  const { servers, host, family, secrets } = settings
  const given = (variable: string, value: string) =>
    flags[variable] === undefined ? `${variable}="${value}"` : `${flags[variable]} "${value}"`
  const path = servers?.find(given => typeof given === 'string')
  const whole = servers?.find(given => typeof given !== 'string')
  if (path !== undefined && host === null) {
    yield `${given('SERVER_URL', path)} is only a path. Write the whole address, or give its host as SERVER_HOST.`
  } else if (whole !== undefined && host !== null) {
    yield `${given('SERVER_URL', whole.href)} and ${given('SERVER_HOST', host.host)} both name a host. Keep one of them.`
  } else {
    const all = serversOf(settings)
    if (secretsOf(secrets, all.length) === null) {
      yield `SECRET holds ${secrets.list.length} secrets, and SERVER_URL names ${all.length === 1 ? '1 server' : `${all.length} servers`}. Give one secret for all, or one for each.`
    }
    for (const { server, families } of targetsOf(settings)) {
      if (families.length === 0)
        yield `${given('FAMILY', family)} does not fit "${server.host}", an address of the other family.`
    }
  }
}

/** A name may have both families, and one of them is enough. An address has exactly one. */
function familiesOf({ hostname }: URL): readonly Family[] {
  if (isIPv4(hostname)) return [4]
  return isIPv6(hostname.slice(1, -1)) ? [6] : [4, 6]
}
