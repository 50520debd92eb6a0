import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Address, Receipt, Secret } from '@ipupdater/protocol'
import {
  encodeUpdate,
  parseDeviceName,
  parseReceipt,
  parseSecret,
  parseSighting,
  verifyAnswer,
} from '@ipupdater/protocol'
import type { LogLevel } from '@ipupdater/runtime'
import { createLog, parseNetwork } from '@ipupdater/runtime'
import type { HistoryEntry, Reader, Store } from '@ipupdater/storage'
import { openReader, openStore } from '@ipupdater/storage'
import { listen } from '@ipupdater/web'
import { createReceiver } from './app.ts'
import type { AcceptedSecret } from './caller.ts'
import { createJournal } from './journal.ts'
import type { LimitSettings } from './limits.ts'
import { createLimits } from './limits.ts'
import { readSource } from './source-address.ts'
import { home, homeSecret, signed } from './test-device.ts'
import type { Answer, Message, Sending } from './test-http.ts'
import { sendTo, testProxy } from './test-http.ts'
import { trustOf } from './trusted-proxies.ts'

export interface LabOptions {
  readonly allowPrivateAddresses?: boolean
  readonly isMasked?: (address: Address) => boolean
  readonly limits?: LimitSettings
  readonly logLevel?: LogLevel
  /** Further devices and their secrets. */
  readonly devices?: Readonly<Record<string, string>>
  /** A newer secret of the home, beside its own. */
  readonly rotatingTo?: Secret
  /** In the place of the real database's. */
  readonly commit?: Store['commit']
  readonly checkWritable?: Store['checkWritable']
}

/** The real app on a real port with a real database; the clock stands until the test moves it. */
export interface Lab {
  now(): number
  pass(ms: number): void
  send(path: string, message: Message, sending: Sending): Promise<Answer>
  /** Both steps, as a device does them; throws unless they are accepted and their answers signed. */
  report(sending: Sending): Promise<Receipt>
  repeat<T>(count: number, act: () => Promise<T>): Promise<T[]>
  /** All that the database shows. */
  stored(): Promise<HistoryEntry[]>
  readonly reader: Reader
  readonly lines: string[]
  readonly counted: string[]
  readonly endedRotations: string[]
}

export async function startLab(t: TestContext, options: LabOptions = {}): Promise<Lab> {
  let time = 1_763_827_200_000
  const now = () => time
  const lines: string[] = []
  const log = createLog({
    level: options.logLevel ?? 'info',
    format: 'text',
    write: line => lines.push(line),
  })
  const counted: string[] = []
  const counts = {
    accepted: (result: string) => void counted.push(result),
    refused: (code: string) => void counted.push(code),
  }
  const endedRotations: string[] = []

  const dir = await mkdtemp(join(tmpdir(), 'receiver-'))
  const opened = new AsyncDisposableStack()
  t.after(() => opened.disposeAsync())
  opened.defer(() => rm(dir, { recursive: true }))
  const store = opened.use(await openStore({ dir }))
  const reader = opened.use(openReader({ dir, now }))
  const isTrusted = trustOf([parseNetwork(testProxy)])
  const keys = secrets(options)
  const app = createReceiver({
    now,
    randomBytes,
    sourceOf: ({ socket, headers }) => readSource(socket.remoteAddress, headers, isTrusted),
    isMasked: options.isMasked ?? (() => false),
    allowPrivateAddresses: options.allowPrivateAddresses ?? false,
    windowMs: 120_000,
    secretsOf: device => keys.get(device) ?? [],
    endRotation: device => endedRotations.push(device),
    limits: createLimits(options.limits ?? { perPrefix: 0, failuresPerDevice: 0, perDevice: 0 }),
    store: {
      commit: options.commit ?? (update => store.commit(update)),
      checkWritable: options.checkWritable ?? (() => store.checkWritable()),
    },
    journal: createJournal({ log, counts, now }),
    log,
    stop: new AbortController().signal,
  })
  const server = opened.use(await listen(app, { host: '127.0.0.1', port: 0, log }))

  const send: Lab['send'] = (path, message, sending) => sendTo(server.port, path, message, sending)
  return {
    now,
    pass: ms => {
      time += ms
    },
    send,
    async report(sending) {
      const ask = signed('ipupdater-ip', '{}')
      const seen = await send('/ip', ask, sending)
      verifyAnswer(seen, ask.request, homeSecret)
      const update = signed('ipupdater-update', encodeUpdate(parseSighting(String(seen.body))))
      const done = await send('/update', update, sending)
      verifyAnswer(done, update.request, homeSecret)
      return parseReceipt(String(done.body))
    },
    async repeat(count, act) {
      const results = []
      for (let i = 0; i < count; i++) results.push(await act())
      return results
    },
    stored: async () => (await reader.history({ limit: 100 }))?.entries ?? [],
    reader,
    lines,
    counted,
    endedRotations,
  }
}

function secrets({ devices = {}, rotatingTo }: LabOptions): Map<string, AcceptedSecret[]> {
  const keys = new Map<string, AcceptedSecret[]>()
  const newest = rotatingTo === undefined ? [] : [{ secret: rotatingTo, added: 2 }]
  keys.set(home, [...newest, { secret: homeSecret, added: 1 }])
  for (const [device, secret] of Object.entries(devices)) {
    keys.set(parseDeviceName(device), [{ secret: parseSecret(secret), added: 1 }])
  }
  return keys
}
