import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs at most once in `everyMs`. Everyone who asks before a run begins shares it, so a result is never older than
 * the question.
 */
export function throttle<Argument, Result>(
  run: (argument: Argument) => Promise<Result>,
  everyMs: number,
  uptimeMs: () => number,
): (argument: Argument) => Promise<Result> {
  let last = Number.NEGATIVE_INFINITY
  let next: Promise<Result> | null = null
  return argument => {
    next ??= sleep(Math.max(0, last + everyMs - uptimeMs()), null, { ref: false }).then(() => {
      next = null
      last = uptimeMs()
      return run(argument)
    })
    return next
  }
}
