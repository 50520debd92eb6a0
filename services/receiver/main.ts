import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Address } from '@ipupdater/protocol'
import type { Log } from '@ipupdater/runtime'
import {
  aborted,
  createLog,
  describeSettings,
  ensureVolumes,
  isReadOnly,
  readSettings,
  runMain,
  StartError,
} from '@ipupdater/runtime'
import type { Location, Reader, Store, StoreOptions } from '@ipupdater/storage'
import { locationOf, openReader, openStore, StorageError } from '@ipupdater/storage'
import type { RunningServer } from '@ipupdater/web'
import { createApp, listen } from '@ipupdater/web'
import type { ReceiverDeps } from './app.ts'
import { createReceiver } from './app.ts'
import { passwordDeviceOf } from './dyndns2/credentials.ts'
import type { Metrics } from './metrics.ts'
import { publishedUrl } from './published-port.ts'
import { followRotations } from './registry/follow-rotations.ts'
import type { Registry } from './registry/open-registry.ts'
import { openRegistry } from './registry/open-registry.ts'
import { registryPath } from './registry/registry-file.ts'
import { createEvents } from './report/events.ts'
import { startRetention } from './retention.ts'
import type { ReceiverSettings } from './settings.ts'
import { clockToleranceMs, contradictions, receiverSettings } from './settings.ts'
import { startSignOfLife } from './sign-of-life.ts'
import { readSource } from './source/client-address.ts'
import { maskDetector, readGateways } from './source/docker-nat.ts'
import type { RateLimits } from './source/rate-limits.ts'
import { createRateLimits } from './source/rate-limits.ts'
import { cameOverTls } from './source/transport.ts'
import { trustOf } from './source/trusted-proxies.ts'

// No top-level await: the bundle is a script.
void runMain(async stop => {
  const settings = readSettings(process.env, receiverSettings, contradictions)
  const log = createLog({ level: settings.logLevel, format: settings.logFormat, name: 'receiver' })
  log.info('starting', describeSettings(receiverSettings, settings))
  await run(settings, log, stop)
  log.info('stopped')
})

/** Serves until `stop`. What is opened here is closed in reverse order: the listener first, the database last. */
async function run(settings: ReceiverSettings, log: Log, stop: AbortSignal): Promise<void> {
  const { host, port, dataDir, databaseUrl, keysDir, device, secret, metricsPort } = settings
  const location = locationOf(settings)
  const now = Date.now
  // Receivers that share a database may have a copy of the registry that is mounted read-only.
  const readOnly = databaseUrl !== null && isReadOnly(keysDir)
  ensureVolumes([
    ...(databaseUrl === null ? [{ dir: dataDir, variable: 'DATA_DIR' }] : []),
    ...(readOnly ? [] : [{ dir: keysDir, variable: 'KEYS_DIR', mode: 0o700 }]),
  ])

  await using reader = openReader(location)
  const metrics = metricsPort === null ? null : await loadMetrics(reader, now)
  await using store = await openDatabase(location, {
    log,
    // Two receivers on one SQLite database would each accept what the other has not seen yet.
    reserve: databaseUrl === null,
    // Devices that existed before the database may have sent messages that it does not know: none may count again.
    ...((secret !== null || existsSync(registryPath(keysDir))) && { newDatabaseFloor: now() }),
    ...(metrics && { onCommit: metrics.committed }),
  })
  const single = secret && { device, secret }
  await using registry = await openRegistry({ dir: keysDir, single, readOnly, log })
  await using _rotations = databaseUrl === null ? null : await followRotations({ registry, reader, log })
  await using _retention = retentionOf(settings, store, now, log)
  await using metricsServer = metrics && (await serveMetrics(metrics, settings, log))

  const isTrusted = trustOf(settings.trustedProxies)
  const app = createReceiver({
    now,
    randomBytes,
    sourceOf: request => readSource(request.socket.remoteAddress, request.headers, isTrusted),
    isMasked: maskDetector(await readGateways(), settings.allowPrivateAddresses),
    allowPrivateAddresses: settings.allowPrivateAddresses,
    windowMs: settings.windowSeconds * 1000,
    clockToleranceMs: clockToleranceMs(settings),
    secretsOf: registry.secretsOf,
    endRotation: registry.endRotation,
    limits: rateLimitsOf(settings),
    dyndns2: settings.dyndns2 ? dynDns2Of(settings, registry, isTrusted) : null,
    store,
    events: createEvents({ log, counts: metrics }),
    log,
    stop,
  })
  await using server = await listen(app, { host, port, isTrustedProxy: isTrusted, log })
  // Hosts have different names, receivers on one host different ports.
  await using _signOfLife = startSignOfLife({ store, receiver: `${hostname()}:${server.port}`, now })

  if (settings.dyndns2 && settings.dyndns2Plaintext) log.warn(PLAINTEXT_WARNING)
  if (registry.size === 0) log.warn(`no device is registered; add one: ipupdater-admin device add ${device}`)
  // In a container, the port inside says nothing to the operator.
  const published = process.env.container ? settings.publishedPort : null
  const url = published ? publishedUrl(published) : server.url
  log.info('ready', { url, metrics: metricsServer?.url, devices: registry.size })
  await aborted(stop)
  log.info('stopping', { signal: stop.reason })
}

const PLAINTEXT_WARNING =
  'DYNDNS2_PLAINTEXT=true: passwords of routers are taken over plain HTTP. Everyone on the path can read one and report any address with it'

function rateLimitsOf(settings: ReceiverSettings): RateLimits {
  const { limitPerPrefix, limitFailuresPerDevice, limitUnsigned, limitPerDevice } = settings
  return createRateLimits(
    {
      unsignedPerPrefix: limitPerPrefix,
      unsignedPerDevice: limitFailuresPerDevice,
      unsigned: limitUnsigned,
      signedPerDevice: limitPerDevice,
    },
    () => performance.now(),
  )
}

function dynDns2Of(
  settings: ReceiverSettings,
  registry: Registry,
  isTrusted: (address: Address) => boolean,
): ReceiverDeps['dyndns2'] {
  return {
    cameOverTls: request => cameOverTls(request.socket.remoteAddress, request.headers, isTrusted),
    allowPlaintext: settings.dyndns2Plaintext,
    findPasswordDevice: device => passwordDeviceOf(registry.passwordDevice(device)),
    limits: rateLimitsOf(settings),
  }
}

async function openDatabase(location: Location, options: StoreOptions): Promise<Store> {
  try {
    return await openStore(location, options)
  } catch (error) {
    throw error instanceof StorageError ? databaseFault(error) : error
  }
}

function databaseFault(error: StorageError): StartError {
  if (error.code === 'in-use') {
    const cure = 'stop one of them: a database has one receiver, and "--scale receiver=2" does not work.'
    return new StartError('data-dir-in-use', `DATA_DIR cannot be used: ${error.message}.`, cure, {
      cause: error,
    })
  }
  const message = `the database cannot be opened: ${error.fault}.`
  const cure = `${error.advice ?? 'correct that'}\nThen start again. Nothing was changed.`
  return new StartError('database', message, cure, {
    cause: error,
  })
}

/** Loaded only if it is needed, because the library costs time at the start and memory. */
async function loadMetrics(reader: Reader, now: () => number): Promise<Metrics> {
  const { createMetrics } = await import('./metrics.ts')
  return createMetrics({ devices: page => reader.devices(page), now })
}

async function serveMetrics(
  metrics: Metrics,
  { metricsHost, metricsPort }: ReceiverSettings,
  log: Log,
): Promise<RunningServer> {
  const app = createApp({ log })
  app.use(metrics.route)
  return listen(app, { host: metricsHost, port: metricsPort ?? 0, portSetting: 'METRICS_PORT', log })
}

function retentionOf(
  { retentionDays }: ReceiverSettings,
  store: Store,
  now: () => number,
  log: Log,
): AsyncDisposable | null {
  if (retentionDays === null) return null
  const prune: Store['prune'] = (beforeMs, limit) => store.prune(beforeMs, limit)
  return startRetention({ retentionMs: retentionDays * 86_400_000, prune, now, log })
}
