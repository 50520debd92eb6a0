import type { AdminContext } from './context.ts'

/** The terminal, as far as it is needed here. */
export interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** A line such as "Copying … 3 s" that counts the seconds and is erased at the end; nothing without a terminal. */
export function showProgress(terminal: Terminal): AdminContext['progress'] {
  return async (text, work) => {
    if (!terminal.isTTY) return work()
    let seconds = 0
    const timer = setInterval(() => {
      seconds += 1
      terminal.write(`\r${typeof text === 'string' ? text : text()} … ${seconds} s`)
    }, 1000)
    try {
      return await work()
    } finally {
      clearInterval(timer)
      if (seconds > 0) terminal.write('\r\u001B[K') // to the start of the line, and erase it
    }
  }
}
