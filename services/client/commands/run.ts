import { rmSync } from 'node:fs'
import { createLog, describeSettings, readSettings, stopSignal } from '@ipupdater/runtime'
import type { Context, ExitCode } from '../context.ts'
import { targetFaults } from '../report/targets.ts'
import { reporter } from '../schedule/reporter.ts'
import { runOnSchedule } from '../schedule/run-on-schedule.ts'
import { parseSchedule } from '../schedule/schedule.ts'
import { signalTrigger } from '../schedule/signal-trigger.ts'
import { statusPathOf } from '../schedule/status.ts'
import { withServer } from '../settings/client-settings.ts'
import { runSettings } from '../settings/run-settings.ts'

/** Reports at start, and then on schedule, until SIGTERM or SIGINT. */
export async function run(context: Context): Promise<ExitCode> {
  const settings = readSettings(context.env, withServer(runSettings, context.env), targetFaults)
  const log = createLog({ level: settings.logLevel, format: settings.logFormat, now: context.now })
  const statusPath = statusPathOf(settings)
  // What an earlier run has left says nothing of this one.
  rmSync(statusPath, { force: true })
  using stop = stopSignal()
  using trigger = signalTrigger()
  log.info('Reporting on schedule', describeSettings(runSettings, settings))
  await runOnSchedule(parseSchedule(settings.schedule, settings.timeZone ?? undefined), {
    ...context,
    awake: () => performance.now(),
    report: reporter({ ...context, statusPath, log }),
    trigger,
    stop: stop.signal,
  })
  log.info('Stopped', { signal: String(stop.signal.reason) })
  return 0
}
