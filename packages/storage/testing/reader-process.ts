import { openReader } from '../reader.ts'
import { answerQuestions } from './child.ts'
import { home } from './sample.ts'

/** A viewer in a process, and perhaps on a read-only volume, of its own. */
const reader = openReader({ dir: process.argv[2] ?? '' })
await answerQuestions({
  address: async () => (await reader.currentOf(home))?.[0]?.address,
  version: () => reader.version(),
  close: () => reader[Symbol.asyncDispose](),
})
