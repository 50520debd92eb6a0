import { resolve } from 'node:path'
import type { About, Setting } from './setting.ts'
import { parsed, ReadError } from './setting.ts'

/** A file or directory. A relative path counts from the directory in which the program was started. */
export function path<D = never>(about: About<D>): Setting<string | D> {
  return parsed({
    ...about,
    expected: 'a path',
    read: value => {
      const reason = pathFault(value)
      if (reason !== null) throw new ReadError(reason)
      return resolve(value)
    },
  })
}

/**
 * Why this text is not the path that its writer meant, or null. Only a shell expands "~" and "$HOME", and only a
 * shell removes quotes: taken literally, each of them names a new directory that nobody looks for.
 */
export function pathFault(text: string): string | null {
  if (/^["']|["']$/.test(text)) return quotesFault
  if (text !== text.trim()) return 'begins or ends with white space. Remove it.'
  if (text.startsWith('~')) return `starts with "~", which only a shell expands. ${wholePath}`
  if (/(^|\/)\$[A-Za-z_{(]/.test(text)) return `contains "$", which only a shell expands. ${wholePath}`
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `is a URL, not a path. ${wholePath}`
  if (text.includes('\0')) return 'contains a NUL character, which no path can.'
  return null
}

/** For every setting: the file of `docker run --env-file` is not read by a shell. */
export const quotesFault = 'begins or ends with a quote. Docker keeps quotes in --env-file: leave them out.'

const wholePath = 'Write the whole path, such as /srv/ipupdater/data.'
