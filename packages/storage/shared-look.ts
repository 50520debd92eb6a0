/**
 * Makes concurrent callers share one look at something that changes. A caller never gets a look that began before it
 * called: that one may already be out of date.
 */
export function sharedLook<Result>(look: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<Result> | null = null
  return () => {
    next ??= running.then(() => {
      next = null
      const current = look()
      running = current.catch(() => {})
      return current
    })
    return next
  }
}
