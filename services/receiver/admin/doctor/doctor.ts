import { isReadOnly } from '@ipupdater/runtime'
import { registryPath } from '../../registry/registry-file.ts'
import { readGateways } from '../../source/docker-nat.ts'
import { AdminError } from '../admin-error.ts'
import type { AdminContext, Answer } from '../context.ts'
import { deviceStates } from '../device/device-states.ts'
import { explainError } from '../explain-error.ts'
import type { AdminSettings } from '../settings.ts'
import { tableLines } from '../table-lines.ts'
import { counted } from '../words.ts'
import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'
import { lookAtClock } from './look-at-clock.ts'
import { lookAtDatabase } from './look-at-database.ts'
import { lookAtDevices } from './look-at-devices.ts'
import { lookAtProxies } from './look-at-proxies.ts'
import { lookAtReceiver } from './look-at-receiver.ts'
import { lookAtSecrets, lookAtVolume } from './look-at-volume.ts'

/** `doctor`: checks everything that can go wrong, and says how to fix it. */
export async function doctor(context: AdminContext): Promise<Answer> {
  const findings = await examine(context)
  const rows = findings.map(({ level, subject, text, cure }) => [
    level === 'wrong' ? 'WRONG' : level,
    subject,
    cure === null ? text : `${text} → ${cure}`,
  ])
  const faults = findings.filter(({ level }) => level === 'wrong').length
  const answer = { data: findings, lines: tableLines(rows) }
  if (faults === 0) return answer
  const advice = 'each of these lines says how to fix it, after "→".'
  return {
    ...answer,
    failure: new AdminError('refused', `${counted(faults, 'fault')} found.`, advice, { isReported: true }),
  }
}

async function examine({ settings, isContainer, now }: AdminContext): Promise<Finding[]> {
  const { dataDir, keysDir, host, port, metricsHost, metricsPort, trustedProxies, publishedPort } = settings
  return [
    ...(settings.databaseUrl === null ? lookAtVolume('data volume', dataDir, 'DATA_DIR') : []),
    ...lookAtKeys(settings),
    ...lookAtSecrets(registryPath(keysDir)),
    ...(await lookAtDatabase(settings, isContainer, now)),
    ...(await lookAtReceiver({ host, port }, { host: metricsHost, port: metricsPort }, isContainer)),
    ...(await lookAtReports(settings, now())),
    ...lookAtProxies(trustedProxies, await readGateways(), isContainer ? publishedPort : null),
  ]
}

/** A receiver that shares a PostgreSQL database may have a copy of the registry that it cannot write. */
function lookAtKeys({ keysDir, databaseUrl }: AdminSettings): Finding[] {
  if (databaseUrl === null || !isReadOnly(keysDir)) return lookAtVolume('keys volume', keysDir, 'KEYS_DIR')
  return [ok('keys volume', `${keysDir} is read-only here: devices are added and removed elsewhere`)]
}

async function lookAtReports(settings: AdminSettings, now: number): Promise<Finding[]> {
  try {
    const states = await deviceStates(settings, now)
    const lastSeen = states.flatMap(state => state.lastSeen ?? [])
    return [...lookAtClock(now, lastSeen), ...lookAtDevices(states, now)]
  } catch (error) {
    const known = explainError(error)
    if (known === null) throw error
    return [wrong('devices', known.message, known.advice)]
  }
}
