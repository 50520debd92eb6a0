import { familyName } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import type { ClientErrorCode } from './client-error.ts'
import { explanationOf } from './client-error.ts'
import { CLOCK_TOLERANCE_MS, clockWarning } from './clock.ts'
import type { Reported } from './exchange.ts'
import type { Absent, Done, Failed, Verdict, Waiting } from './verdict.ts'

/**
 * Logs what has changed since the reports before: the first success, another address, trouble that begins or
 * ends. A report that is like the one before is no news, and nobody reads a log with a line every five minutes.
 */
export function changeLog(log: Log): (verdict: Verdict<Reported>) => void {
  const lines = new Map<string, Line>()
  const clocks = new Map<string, number>()
  return verdict => {
    const key = `${verdict.server} ${verdict.family}`
    const line = lines.get(key) ?? { address: null, troubles: new Set() }
    lines.set(key, line)
    if (verdict.outcome !== 'done') {
      logTrouble(log, line, verdict)
      return
    }
    logSuccess(log, line, verdict)
    const toldSkewMs = clocks.get(verdict.server) ?? 0
    // Told anew once it is off by another minute, or right again.
    if (Math.abs(verdict.clockSkewMs - toldSkewMs) <= CLOCK_TOLERANCE_MS) return
    clocks.set(verdict.server, verdict.clockSkewMs)
    const { server, clockSkewMs } = verdict
    const warning = clockWarning(clockSkewMs)
    if (warning !== null) log.warn(warning, { server, clockSkewMs })
    else log.info('The clock of this device is right again', { server, clockSkewMs })
  }
}

/** What the last reports to one server by one family came to. */
interface Line {
  address: string | null
  /** Told since the last success. */
  troubles: Set<ClientErrorCode>
}

function logSuccess(log: Log, line: Line, { address, server, family, result }: Done<Reported>): void {
  const fields = { address, server, family: familyName(family) }
  if (line.address === null) log.info('The server has our address', { ...fields, result })
  else if (line.address !== address) log.info('Our address has changed', { ...fields, before: line.address })
  else if (line.troubles.size > 0) log.info('Reports go through again', fields)
  else log.debug('Reported, and nothing is new', fields)
  line.address = address
  line.troubles.clear()
}

function logTrouble(log: Log, line: Line, verdict: Waiting | Failed | Absent): void {
  const { code, detail, server, family, outcome } = verdict
  const { title, advice } = explanationOf(code)
  const fields = { server, family: familyName(family), detail, advice, code }
  const isNews = !line.troubles.has(code) && !(outcome === 'absent' && line.address === null)
  line.troubles.add(code)
  if (!isNews) log.debug(title, fields)
  else if (outcome === 'failed' && verdict.exit === 1) log.error(title, fields)
  else log.warn(title, fields)
}
