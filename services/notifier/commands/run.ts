import { aborted, createLog, ensureVolumes, stopSignal } from '@ipupdater/runtime'
import { locationOf, openReader } from '@ipupdater/storage'
import { createApp, listen } from '@ipupdater/web'
import { createHealthApp } from '../app.ts'
import { addressReader } from '../channels/published-addresses.ts'
import type { Context, ExitCode } from '../context.ts'
import { startFollowing } from '../follow/follow.ts'
import { createFollower } from '../follow/follower.ts'
import { startHeartbeats } from '../heartbeats.ts'
import type { Metrics } from '../metrics.ts'
import { openChannels } from '../open-channels.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { startDelivery } from '../outbox/start-delivery.ts'
import { readNotifierSettings } from '../settings.ts'

/** Follows the addresses and delivers, until SIGTERM or SIGINT. What is opened here is closed in reverse order. */
export async function run(context: Context): Promise<ExitCode> {
  const { env, now, random, sleep } = context
  const { settings, publish, shown } = readNotifierSettings(env)
  const { host, port, notifierDir, metricsPort, metricsHost } = settings
  const log = createLog({ level: settings.logLevel, format: settings.logFormat, name: 'notifier' })
  log.info('starting', shown)
  using stopped = stopSignal()
  const stop = stopped.signal
  ensureVolumes([{ dir: notifierDir, variable: 'NOTIFIER_DIR', mode: 0o700 }])

  await using reader = openReader(locationOf(settings), { now })
  await using outbox = await openOutbox({ dir: notifierDir, now })
  const channels = openChannels(settings, publish, { addressesOf: addressReader(reader, now), now })
  const names = channels.events.map(({ name }) => name)
  if (names.length === 0) log.warn('no channel is set, so nothing is announced; see docs/notifications.md')

  const metrics = metricsPort === null ? null : await loadMetrics(outbox, names, now)
  const onTry = metrics === null ? {} : { onTry: metrics.tried }
  const follower = await createFollower({
    reader,
    outbox,
    channels: channels.events,
    alertOn: settings.alertOn,
    afterMs: settings.afterSeconds * 1000,
    silentMs: settings.silentSeconds * 1000,
    remindMs: settings.remindSeconds === null ? null : settings.remindSeconds * 1000,
    now,
    log,
  })

  await using delivery = await startDelivery(
    channels.events,
    { messages: outbox.messages, now, random, sleep, log, ...onTry },
    stop,
  )
  await using following = startFollowing({ follower, afterRound: delivery.wake, sleep, log }, stop)
  const isWell = () => following.fault() === null
  await using _heartbeats =
    channels.heartbeat &&
    startHeartbeats({ channel: channels.heartbeat, isWell, now, sleep, log, ...onTry }, stop)

  const health = createHealthApp({ followFault: following.fault, log, stop })
  await using server = await listen(health, { host, port, log })
  const metricsApp = createApp({ log })
  if (metrics !== null) metricsApp.use(metrics.route)
  await using metricsServer =
    metrics &&
    (await listen(metricsApp, {
      host: metricsHost,
      port: metricsPort ?? 0,
      portSetting: 'METRICS_PORT',
      log,
    }))

  log.info('ready', { url: server.url, metrics: metricsServer?.url, channels: names.join() })
  await aborted(stop)
  log.info('stopping', { signal: stop.reason })
  return 0
}

/** Loaded only if it is set: it takes time at the start, and memory. */
async function loadMetrics(outbox: Outbox, names: readonly string[], now: () => number): Promise<Metrics> {
  const { createMetrics } = await import('../metrics.ts')
  return createMetrics({ channels: () => outbox.channels(), names, now })
}
