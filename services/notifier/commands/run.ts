import { createLog, ensureVolumes, stopSignal } from '@ipupdater/runtime'
import { openReader, sqliteFile } from '@ipupdater/storage'
import type { Context, ExitCode } from '../context.ts'
import { addressReader } from '../follow/current-addresses.ts'
import { openChannels } from '../open-channels.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { startDelivery } from '../outbox/start-delivery.ts'
import { readNotifierSettings } from '../settings.ts'

/** Follows the addresses and delivers, until SIGTERM or SIGINT. What is opened here is closed in reverse order. */
export async function run(context: Context): Promise<ExitCode> {
  const { env, now, random, sleep } = context
  const { settings, publish, shown } = readNotifierSettings(env)
  const log = createLog({ level: settings.logLevel, format: settings.logFormat, name: 'notifier' })
  log.info('starting', shown)
  using stop = stopSignal()
  ensureVolumes([{ dir: settings.notifierDir, variable: 'NOTIFIER_DIR', mode: 0o700 }])

  await using reader = openReader({ sqlite: sqliteFile(settings.dataDir) }, { now })
  await using outbox = await openOutbox({ dir: settings.notifierDir, now })
  const channels = openChannels(settings, publish, { addressesOf: addressReader(reader, now), now })
  const deps = { messages: outbox.messages, now, random, sleep, log }
  await using _delivery = await startDelivery(channels.events, deps, stop.signal)
  return 0
}
