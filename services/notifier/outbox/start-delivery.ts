import type { Channel } from '../channels/channel.ts'
import type { Sleep } from '../context.ts'
import type { DeliverDeps } from './deliver.ts'
import { deliverDue } from './deliver.ts'

export interface Delivery extends AsyncDisposable {
  /** Looks now for messages that are due. */
  wake(): void
}

/** Delivers on every channel, each in a loop of its own, until `stop`. Disposing waits for their ends. */
export async function startDelivery(
  channels: readonly Channel[],
  deps: DeliverDeps & { readonly sleep: Sleep },
  stop: AbortSignal,
): Promise<Delivery> {
  // A channel that was stopped by a 410 is tried again after each start: its settings may have changed.
  for (const { name } of channels) await deps.messages.start(name)
  const wakeups = new EventTarget()
  const loops = channels.map(channel => runLoop(channel, deps, wakeups, stop))
  return {
    wake: () => void wakeups.dispatchEvent(new Event('wake')),
    async [Symbol.asyncDispose]() {
      await Promise.all(loops)
    },
  }
}

async function runLoop(
  channel: Channel,
  deps: DeliverDeps & { readonly sleep: Sleep },
  wakeups: EventTarget,
  stop: AbortSignal,
): Promise<void> {
  const { now, sleep, log } = deps
  while (!stop.aborted) {
    const woken = new AbortController()
    const onWake = () => woken.abort()
    // Listening before it looks: a message that comes in between is not overlooked.
    wakeups.addEventListener('wake', onWake, { once: true })
    let waitMs = LONGEST_WAIT_MS
    try {
      const dueAt = await deliverDue(channel, deps, stop)
      if (dueAt !== null) waitMs = Math.min(Math.max(dueAt - now(), 0), LONGEST_WAIT_MS)
    } catch (error) {
      log.error('the outbox cannot be used; trying again', { channel: channel.name, error })
      waitMs = AFTER_FAULT_MS
    }
    await sleep(waitMs, AbortSignal.any([woken.signal, stop]))
    wakeups.removeEventListener('wake', onWake)
  }
}

/** A clock that is set forward is noticed within this time. */
const LONGEST_WAIT_MS = 60_000
const AFTER_FAULT_MS = 5_000
