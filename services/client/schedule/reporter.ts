import type { Environment, Log } from '@ipupdater/runtime'
import { changeLog } from './change-log.ts'
import { reportInProcess } from './report-process.ts'
import type { Plan } from './run-on-schedule.ts'
import type { StatusWriter } from './status-writer.ts'

export interface ReporterDeps {
  program: readonly string[]
  env: Environment
  status: StatusWriter
  log: Log
  now: () => number
}

/** Makes the reports of a schedule: logs what has changed, and keeps the status for `health`. */
export function reporter({ program, env, status, log, now }: ReporterDeps) {
  const logChanges = changeLog(log)
  let logged = ''

  return async (plan: Plan, signal: AbortSignal): Promise<void> => {
    const retryMs = plan.until - now()
    let failure: string | null = null
    let failingSince: number | null = null
    const { exit, complaint } = await reportInProcess({
      program,
      env: {
        ...env,
        INTERVAL: plan.intervalSeconds === null ? '' : String(plan.intervalSeconds),
        RETRY_FOR: String(Math.max(0, Math.floor(retryMs / 1000))),
      },
      timeoutMs: retryMs + LAST_ATTEMPT_MS,
      signal,
      onOutcome: outcome => {
        logChanges(outcome)
        if (outcome.outcome === 'waiting') {
          failingSince ??= now()
          status.update({ trying: { since: failingSince, failure: outcome.message } })
        }
        if (outcome.outcome === 'failed') failure ??= outcome.message
      },
    })
    if (signal.aborted) return
    // Wrong settings, a crash, or a report that was killed: logged once, not at every report.
    const isSound = exit === 0 || exit === 1 || exit === 75
    const crash = isSound ? '' : `${exit === null ? 'killed' : `exit code ${exit}`} ${complaint}`.trim()
    if (crash !== '' && crash !== logged) log.error('The report process failed', { complaint: crash })
    logged = crash
    status.update({
      last: { at: now(), ok: exit === 0, failure: exit === 0 ? null : (failure ?? crash) },
      trying: null,
      overdueAt: plan.overdueAt,
    })
  }
}

// After the time in which attempts start: what the last one may take.
const LAST_ATTEMPT_MS = 90_000
