import type { Environment, Log } from '@ipupdater/runtime'
import { changeLog } from './change-log.ts'
import { reportInProcess } from './report-process.ts'
import type { Plan } from './run-on-schedule.ts'
import { writeStatus } from './status.ts'

export interface ReporterDeps {
  program: readonly string[]
  env: Environment
  statusPath: string
  log: Log
  now: () => number
}

/** Carries out the reports of a schedule: logs what is news, and leaves the outcome for `health`. */
export function reporter({ program, env, statusPath, log, now }: ReporterDeps) {
  const logChanges = changeLog(log)
  const note = statusNotes(statusPath, log)
  let complained = ''

  return async (plan: Plan, signal: AbortSignal): Promise<void> => {
    const retryMs = plan.until - now()
    let trouble: string | null = null
    const { exit, complaint } = await reportInProcess({
      program,
      env: {
        ...env,
        INTERVAL: plan.intervalSeconds === null ? '' : String(plan.intervalSeconds),
        RETRY_FOR: String(Math.max(0, Math.floor(retryMs / 1000))),
      },
      timeoutMs: retryMs + LAST_TRY_MS,
      signal,
      onOutcome: outcome => {
        logChanges(outcome)
        if (outcome.outcome === 'failed') trouble ??= outcome.message
      },
    })
    if (signal.aborted) return
    // Faulty settings, a crash, or a report that was killed: told once, not at every report.
    const isSound = exit === 0 || exit === 1 || exit === 75
    const complains = isSound ? '' : `${exit === null ? 'killed' : `exit code ${exit}`} ${complaint}`
    if (complains !== '' && complains !== complained)
      log.error('The report has broken down', { complaint: complains })
    complained = complains
    note({
      at: now(),
      ok: exit === 0,
      trouble: exit === 0 ? null : (trouble ?? complains),
      overdueAt: plan.overdueAt,
    })
  }
}

/** A status that cannot be written makes `health` fail, but no report: it is told once. */
function statusNotes(path: string, log: Log) {
  let isTold = false
  return (status: Parameters<typeof writeStatus>[1]) => {
    try {
      writeStatus(path, status)
    } catch (error) {
      if (!isTold) log.warn('The status for `ipupdater health` cannot be written', { path, error })
      isTold = true
    }
  }
}

// Beyond the time in which tries begin: what the last one may take.
const LAST_TRY_MS = 90_000
