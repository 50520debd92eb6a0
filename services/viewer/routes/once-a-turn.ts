/**
 * Makes all who ask in one turn of the event loop share one look, which begins when that turn has heard everybody:
 * never before one of them asked, so nobody gets what was seen earlier. Under load a turn brings many requests.
 */
export function onceATurn<Result>(look: () => Promise<Result>): () => Promise<Result> {
  let next: Promise<Result> | null = null
  return () => {
    next ??= new Promise(resolve => {
      setImmediate(() => {
        next = null
        resolve(look())
      })
    })
    return next
  }
}
