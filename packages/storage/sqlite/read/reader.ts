import { randomBytes } from 'node:crypto'
import type { Reader, ReaderOptions } from '../../contract.ts'
import { readViews } from '../../read/read-views.ts'
import { filesOf } from '../files.ts'
import { readSignOfLife } from '../sign-of-life.ts'
import { ReadOnlyVolume } from './read-only-volume.ts'

/** Opens nothing before the first call. */
export function openSqliteReader(file: string, options: ReaderOptions = {}): Reader {
  const { now = Date.now, randomBytes: random = randomBytes } = options
  const files = filesOf(file)
  const volume = new ReadOnlyVolume(files, () => random(9).toString('base64url'))
  return readViews(
    {
      version: () => volume.read(source => source.version()),
      ask: (question, bindings) => volume.read(source => source.ask(question, bindings)),
      lastSignOfLife: async () => readSignOfLife(files),
      clock: async () => null,
      close: () => volume.close(),
    },
    now,
  )
}
