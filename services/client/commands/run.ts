import { createLog, describeSettings } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { targetsOf } from '../report/targets.ts'
import { processIdentity } from '../schedule/process-identity.ts'
import { reporter } from '../schedule/reporter.ts'
import { planOf, runOnSchedule } from '../schedule/run-on-schedule.ts'
import { parseSchedule } from '../schedule/schedule.ts'
import { signalTrigger } from '../schedule/signal-trigger.ts'
import { statusPathOf } from '../schedule/status.ts'
import { statusWriter } from '../schedule/status-writer.ts'
import { readReportSettings } from '../settings/report-settings.ts'
import { runSettings } from '../settings/run-settings.ts'

/** Reports now, and then on schedule, until SIGTERM or SIGINT. */
export async function run(context: Context): Promise<ExitCode> {
  const settings = readReportSettings(context, runSettings)
  const format = context.json ? 'json' : settings.logFormat
  const log = createLog({ level: settings.logLevel, format, now: context.now })
  using stop = context.stopSignal()
  using trigger = signalTrigger()
  log.info('Reporting on schedule', describeSettings(runSettings, settings))
  const schedule = parseSchedule(settings.schedule, settings.timeZone ?? undefined)
  const startedAt = context.now()
  using status = statusWriter(
    statusPathOf(settings),
    {
      process: processIdentity(process.pid),
      servers: targetsOf(settings).map(({ server }) => server.href),
      startedAt,
      last: null,
      trying: null,
      overdueAt: planOf(schedule, startedAt).overdueAt,
    },
    log,
  )
  await runOnSchedule(schedule, {
    ...context,
    awake: () => performance.now(),
    report: reporter({ ...context, status, log }),
    trigger,
    stop: stop.signal,
  })
  log.info('Stopped', { signal: String(stop.signal.reason) })
  return 0
}
