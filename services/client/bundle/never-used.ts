/**
 * Globals that got touches at every start and that this client never uses. Node.js loads them at the touch: all
 * of fetch (20 ms), web streams (4 ms), and how the context's languages write lists (10 ms).
 */

/** got checks for every body whether it is one. */
export class FormData {}

/** The same. */
export class ReadableStream {}

/** got's assertions make their messages with it. */
export class ListFormat {
  format(words: readonly string[]): string {
    return words.join(', ')
  }
}
