import { writeNow } from './write-now.ts'

/** Docker kills a container ten seconds after SIGTERM; the program ends just before, and says so. */
export const stopDeadlineMs = 9_500

export interface StopSignal extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Aborts at SIGTERM or SIGINT. At the deadline, or at a second signal, the process exits with code 1, whatever is
 * still running.
 */
export function stopSignal(deadlineMs = stopDeadlineMs): StopSignal {
  const controller = new AbortController()
  let deadline: NodeJS.Timeout | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) cutOff(`second ${signal}`)
    controller.abort(signal)
    deadline = setTimeout(() => cutOff(`still running ${deadlineMs} ms after ${signal}`), deadlineMs)
    deadline.unref() // must not keep the process alive
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
