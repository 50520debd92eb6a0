import { familyName } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import type { ClientErrorCode } from '../errors.ts'
import { explanationOf } from '../errors.ts'
import { CLOCK_TOLERANCE_MS, clockWarning } from '../report/clock.ts'
import type { Reported } from '../report/exchange.ts'
import type { Absent, Done, Failed, Outcome, Waiting } from '../report/outcome.ts'

/**
 * Logs what has changed since the previous report: the first success, another address, the start and end of a
 * failure. A report like the previous one is not logged: nobody reads a log with a line every five minutes.
 */
export function changeLog(log: Log): (outcome: Outcome<Reported>) => void {
  const lines = new Map<string, Line>()
  const clocks = new Map<string, number>()
  return outcome => {
    const key = `${outcome.server} ${outcome.family}`
    const line = lines.get(key) ?? { address: null, failures: new Set() }
    lines.set(key, line)
    if (outcome.outcome !== 'done') {
      logFailure(log, line, outcome)
      return
    }
    logSuccess(log, line, outcome)
    const loggedSkewMs = clocks.get(outcome.server) ?? 0
    // Logged again when it is wrong by another minute, or right again.
    if (Math.abs(outcome.clockSkewMs - loggedSkewMs) <= CLOCK_TOLERANCE_MS) return
    clocks.set(outcome.server, outcome.clockSkewMs)
    const { server, clockSkewMs } = outcome
    const warning = clockWarning(clockSkewMs)
    if (warning !== null) log.warn(warning, { server, clockSkewMs })
    else log.info('The clock of this device is right again', { server, clockSkewMs })
  }
}

/** What is known of the reports to one server over one family. */
interface Line {
  /** As last reported. */
  address: string | null
  /** Logged since the last success. */
  failures: Set<ClientErrorCode>
}

function logSuccess(log: Log, line: Line, { address, server, family, result }: Done<Reported>): void {
  const fields = { address, server, family: familyName(family) }
  if (line.address === null) log.info('The server has our address', { ...fields, result })
  else if (line.address !== address) log.info('Our address has changed', { ...fields, before: line.address })
  else if (line.failures.size > 0) log.info('Reports succeed again', fields)
  else log.debug('Reported, nothing has changed', fields)
  line.address = address
  line.failures.clear()
}

function logFailure(log: Log, line: Line, failure: Waiting | Failed | Absent): void {
  const { code, detail, advice, server, family, outcome } = failure
  const { title } = explanationOf(code)
  const fields = { server, family: familyName(family), detail, advice, code }
  const isNews = !line.failures.has(code) && !(outcome === 'absent' && line.address === null)
  line.failures.add(code)
  if (!isNews) log.debug(title, fields)
  else if (outcome === 'failed' && failure.exit === 1) log.error(title, fields)
  else log.warn(title, fields)
}
