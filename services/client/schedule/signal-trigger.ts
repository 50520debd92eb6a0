/** Somebody asks for a report now. */
export interface SignalTrigger extends Disposable {
  /** Aborts at the next ring. */
  next(): AbortSignal
}

/** Rings at SIGUSR1 and SIGHUP: `docker kill -s HUP ipupdater-client`. */
export function signalTrigger(): SignalTrigger {
  let rung = new AbortController()
  const ring = () => {
    rung.abort()
    rung = new AbortController()
  }
  process.on('SIGUSR1', ring).on('SIGHUP', ring)
  return {
    next: () => rung.signal,
    [Symbol.dispose]() {
      process.off('SIGUSR1', ring).off('SIGHUP', ring)
    },
  }
}
