import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { ClientError } from '../errors.ts'

export interface OutputOptions {
  /** Whether a file with this content may be replaced. */
  isOurs: (content: string) => boolean
  /** Replace any file. */
  force: boolean
}

/**
 * Replaces the file at once: a reader finds the old content or the new one. A file with the same content is left
 * alone. Throws `output-refused` for a file that `export` has not written, unless `force` is set.
 */
export function writeOutput(path: string, content: string, { isOurs, force }: OutputOptions): void {
  const present = presentFile(path)
  if (present !== null && !force && (present.content === null || !isOurs(present.content))) {
    throw new ClientError('output-refused', { detail: path })
  }
  if (present?.content === content) return
  const draft = `${path}.${process.pid}.new`
  try {
    rmSync(draft, { force: true })
    writeFileSync(draft, content, { flag: 'wx', mode: present?.mode ?? 0o644, flush: true })
    renameSync(draft, path)
  } catch (cause) {
    rmSync(draft, { force: true })
    throw new ClientError('output-failed', { detail: `${path}: ${(cause as Error).message}`, cause })
  }
}

/** What is at the path; content null: no regular file, such as a link or a device. */
function presentFile(path: string): { content: string | null; mode: number } | null {
  try {
    const stats = lstatSync(path)
    const mode = stats.mode & 0o777
    return stats.isFile() ? { content: readFileSync(path, 'utf8'), mode } : { content: null, mode: 0o644 }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new ClientError('output-failed', { detail: `${path}: ${(cause as Error).message}`, cause })
  }
}
