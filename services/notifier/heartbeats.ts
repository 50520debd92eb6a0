import type { Log } from '@ipupdater/runtime'
import type { Channel } from './channels/channel.ts'
import type { Sleep } from './context.ts'

export interface HeartbeatOptions {
  readonly channel: Channel
  /** Whether the notifier does its work. If not, no heartbeat is sent, and the other side sounds the alarm. */
  readonly isWell: () => boolean
  readonly now: () => number
  readonly sleep: Sleep
  readonly log: Log
  readonly onTry?: (channel: string, isDelivered: boolean) => void
}

/** Sends a heartbeat every minute until `stop`. One that fails is not repeated: the next one follows soon. */
export function startHeartbeats(options: HeartbeatOptions, stop: AbortSignal): AsyncDisposable {
  const { channel, isWell, now, sleep, log, onTry } = options
  const done = loop()
  return { [Symbol.asyncDispose]: () => done }

  async function loop(): Promise<void> {
    let wasSent = true
    await sleep(FIRST_AFTER_MS, stop)
    while (!stop.aborted) {
      if (isWell()) {
        const outcome = await channel.send({ id: `heartbeat_${now()}`, type: 'test', at: now() }, stop)
        const isSent = outcome.kind === 'delivered'
        onTry?.(channel.name, isSent)
        if (outcome.kind === 'failed' && wasSent && !stop.aborted)
          log.warn('no heartbeat', { why: outcome.reason })
        if (isSent && !wasSent) log.info('heartbeats arrive again')
        wasSent = isSent
      }
      await sleep(EVERY_MS, stop)
    }
  }
}

const EVERY_MS = 60_000
const FIRST_AFTER_MS = 3_000
