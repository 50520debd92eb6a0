import { writeNow } from './write-now.ts'

/** Docker kills ten seconds after it has asked to stop: be gone just before, and say so. */
export const stopDeadlineMs = 9_500

export interface StopSignal extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Aborts at SIGTERM or SIGINT. Whatever still runs at the deadline is cut off with exit code 1;
 * a second signal does so at once, for the impatient at a terminal.
 */
export function stopSignal(deadlineMs = stopDeadlineMs): StopSignal {
  const controller = new AbortController()
  let deadline: NodeJS.Timeout | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) cutOff(`asked twice (${signal})`)
    controller.abort(signal)
    deadline = setTimeout(() => cutOff(`not done ${deadlineMs} ms after ${signal}`), deadlineMs)
    deadline.unref() // must not itself keep the program alive
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(deadline)
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal)
    },
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function cutOff(why: string): never {
  writeNow(2, `Stopped without finishing: ${why}.\n`)
  process.exit(1)
}
