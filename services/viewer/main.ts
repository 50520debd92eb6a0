import { randomBytes } from 'node:crypto'
import type { Log } from '@ipupdater/runtime'
import {
  aborted,
  createLog,
  describeSettings,
  processTimeZone,
  readSettings,
  runMain,
} from '@ipupdater/runtime'
import type { Reader } from '@ipupdater/storage'
import { locationOf, openReader, StorageError } from '@ipupdater/storage'
import { listen } from '@ipupdater/web'
import { createViewer } from './app.ts'
import type { ViewerSettings } from './settings.ts'
import { straySecrets, viewerSettings } from './settings.ts'

// No top-level await: the bundle is a script.
void runMain(async stop => {
  const settings = readSettings(process.env, viewerSettings)
  const log = createLog({ level: settings.logLevel, format: settings.logFormat, name: 'viewer' })
  log.info('starting', describeSettings(viewerSettings, settings))
  for (const variable of straySecrets(process.env)) {
    log.warn('the viewer needs no secret: remove this variable from its environment', { variable })
  }
  await run(settings, log, stop)
  log.info('stopped')
})

/** Serves until `stop`, whatever happens to the database in the meantime. */
async function run(settings: ViewerSettings, log: Log, stop: AbortSignal): Promise<void> {
  const { host, port, allowedHosts } = settings
  const now = Date.now
  await using reader = openReader(locationOf(settings), { now, randomBytes })
  const app = createViewer({ reader, timeZone: processTimeZone(), allowedHosts, now, log, stop })
  await using server = await listen(app, { host, port, log })
  log.info('ready', { url: server.url })
  await warnIfUnreadable(reader, log)
  await aborted(stop)
  log.info('stopping', { signal: stop.reason })
}

/** No reason to stop: the receiver may start later, and then everything works without a restart. */
async function warnIfUnreadable(reader: Reader, log: Log): Promise<void> {
  try {
    await reader.check()
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    log.warn('waiting for the database', { code: error.code, why: error.message })
  }
}
