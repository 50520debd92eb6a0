import { writeSync } from 'node:fs'

/**
 * Writes the whole text before it returns, so that nothing is lost if the process exits next. `process.stdout` would
 * keep in memory what a full pipe cannot take.
 *
 * What cannot be written, because the reader has gone or the disk is full, is dropped: a log is no reason to stop.
 */
export function writeNow(fd: 1 | 2, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    const written = tryWrite(fd, rest)
    if (written === null) return
    rest = rest.subarray(written)
  }
}

/** The number of bytes written: 0 after a short wait if a pipe is full, null if writing is impossible. */
function tryWrite(fd: number, bytes: Buffer): number | null {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return null
    Atomics.wait(pause, 0, 0, 1)
    return 0
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4))
