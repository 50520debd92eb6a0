import { rmSync } from 'node:fs'
import { createLog, describeSettings, readSettings, stopSignal } from '@ipupdater/runtime'
import { bellOfSignals } from '../bell.ts'
import { reporter } from '../reporter.ts'
import { runOnSchedule } from '../run-on-schedule.ts'
import { runSettings } from '../run-settings.ts'
import { parseSchedule } from '../schedule.ts'
import { withServer } from '../settings.ts'
import { statusPathOf } from '../status.ts'
import { targetFaults } from '../targets.ts'
import type { ExitCode, World } from '../world.ts'

/** Reports at start, and then on schedule, until SIGTERM or SIGINT. */
export async function run(world: World): Promise<ExitCode> {
  const settings = readSettings(world.env, withServer(runSettings, world.env), targetFaults)
  const log = createLog({ level: settings.logLevel, format: settings.logFormat, now: world.now })
  const statusPath = statusPathOf(settings)
  // What an earlier run has left says nothing of this one.
  rmSync(statusPath, { force: true })
  using stop = stopSignal()
  using bell = bellOfSignals()
  log.info('Reporting on schedule', describeSettings(runSettings, settings))
  await runOnSchedule(parseSchedule(settings.schedule, settings.timeZone ?? undefined), {
    ...world,
    awake: () => performance.now(),
    report: reporter({ ...world, statusPath, log }),
    bell,
    stop: stop.signal,
  })
  log.info('Stopped', { signal: String(stop.signal.reason) })
  return 0
}
