/**
 * What got touches at every start though this client never uses it, and what Node.js loads for the touch:
 * all of fetch (20 ms), and the rules of the world's languages for writing lists (10 ms).
 */

/** got asks of every body whether it is one. */
export class FormData {}

/** The assertions of got make their messages with it. */
export class ListFormat {
  format(words: readonly string[]): string {
    return words.join(', ')
  }
}

/** got asks of every body whether it is one: web streams cost 4 ms. */
export class ReadableStream {}
