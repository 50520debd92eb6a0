import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RegistryError } from './registry-error.ts'
import type { RegistryEntry } from './registry-line.ts'
import { encodeRegistryLine, LineFault, parseRegistryLine } from './registry-line.ts'

export function registryPath(dir: string): string {
  return join(dir, 'devices.jsonl')
}

/**
 * The entries in the file, in slices of some hundred, so that other work can run in between if there are a million
 * devices. A missing file is `missing`: the caller knows whether that is a fault.
 *
 * @throws RegistryError
 */
export async function* readRegistryFile(path: string): AsyncGenerator<RegistryEntry[]> {
  try {
    yield* parseRegistryLines(readLines(path), path)
  } catch (error) {
    if (error instanceof RegistryError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new RegistryError(code === 'ENOENT' ? 'missing' : 'unreadable', `${path}: ${String(error)}`, {
      cause: error,
    })
  }
}

/** Slices of lines as entries. `path` is where they come from. @throws RegistryError `damaged` */
export async function* parseRegistryLines(
  slices: AsyncIterable<readonly string[]>,
  path: string,
): AsyncGenerator<RegistryEntry[]> {
  let lineNumber = 0
  const parse = (line: string) => {
    lineNumber += 1
    return line.trim() === '' ? [] : [parseRegistryLine(line)]
  }
  try {
    for await (const lines of slices) yield lines.flatMap(parse)
  } catch (error) {
    if (!(error instanceof LineFault)) throw error
    throw new RegistryError('damaged', `line ${lineNumber} of ${path} ${error.message}`)
  }
}

/** The lines of a UTF-8 file, a slice of it at a time. */
async function* readLines(path: string): AsyncGenerator<string[]> {
  let rest = ''
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 64 * 1024 })) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
  yield [rest]
}

/**
 * Replaces the file by these entries, completely or not at all, also if the power fails: written to a new file,
 * flushed, renamed, and the rename flushed. The caller has the lock.
 *
 * @throws RegistryError
 */
export async function writeRegistryFile(path: string, slices: AsyncIterable<RegistryEntry[]>): Promise<void> {
  const staged = `${path}.new`
  try {
    await stageRegistryFile(staged, slices)
    await moveIntoPlace(staged, path)
  } catch (error) {
    await rm(staged, { force: true }).catch(() => {}) // the first error counts
    throw unwritable(path, error)
  }
}

/** Writes a new file that only its owner can read, and flushes it. @throws RegistryError, or an error of the file system */
export async function stageRegistryFile(
  staged: string,
  slices: AsyncIterable<RegistryEntry[]>,
): Promise<void> {
  // A leftover may be readable by others, or be a link to another file: a new file is neither.
  await rm(staged, { force: true })
  await using file: FileHandle = await open(staged, 'wx', 0o600)
  for await (const entries of slices) {
    await file.write(entries.map(entry => `${encodeRegistryLine(entry)}\n`).join(''))
  }
  await file.sync()
}

export async function moveIntoPlace(staged: string, path: string): Promise<void> {
  await rename(staged, path)
  await using dir: FileHandle = await open(dirname(path), 'r')
  await dir.sync()
}

export function unwritable(path: string, error: unknown): RegistryError {
  if (error instanceof RegistryError) return error
  return new RegistryError('unwritable', `${path}: ${String(error)}`, { cause: error })
}
