/** Somebody asks for a report now. */
export interface Trigger extends Disposable {
  /** Aborts at the next request. */
  next(): AbortSignal
}

/** Triggers at SIGUSR1 and SIGHUP: `docker kill -s HUP ipupdater`. */
export function signalTrigger(): Trigger {
  let controller = new AbortController()
  const fire = () => {
    controller.abort()
    controller = new AbortController()
  }
  process.on('SIGUSR1', fire).on('SIGHUP', fire)
  return {
    next: () => controller.signal,
    [Symbol.dispose]() {
      process.off('SIGUSR1', fire).off('SIGHUP', fire)
    },
  }
}
