import { createReadStream } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RegistryError } from './registry-error.ts'
import type { RegistryEntry } from './registry-line.ts'
import { encodeRegistryLine, LineFault, parseRegistryLine } from './registry-line.ts'

export function registryPath(dir: string): string {
  return join(dir, 'devices.jsonl')
}

/**
 * The entries in the file, in slices of some hundred: with a million devices a server has other things to do
 * in between. A missing file is `missing`: the caller knows whether that is a fault.
 *
 * @throws RegistryError
 */
export async function* readRegistryFile(path: string): AsyncGenerator<RegistryEntry[]> {
  let lineNumber = 0
  try {
    for await (const lines of readLines(path)) {
      yield lines.flatMap(line => {
        lineNumber += 1
        return line.trim() === '' ? [] : [parseRegistryLine(line)]
      })
    }
  } catch (error) {
    if (error instanceof LineFault) {
      throw new RegistryError('damaged', `line ${lineNumber} of ${path} ${error.message}`)
    }
    const { code } = error as NodeJS.ErrnoException
    throw new RegistryError(code === 'ENOENT' ? 'missing' : 'unreadable', `${path}: ${String(error)}`, {
      cause: error,
    })
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
 * Puts the entries in the place of the file, whole or not at all, also if the power fails: written beside it,
 * flushed, renamed, and the rename flushed. Only its owner can read it (0600).
 *
 * @throws RegistryError
 */
export async function writeRegistryFile(path: string, slices: AsyncIterable<RegistryEntry[]>): Promise<void> {
  const temporary = `${path}.new`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      for await (const entries of slices) {
        await file.write(entries.map(entry => `${encodeRegistryLine(entry)}\n`).join(''))
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    await unlink(temporary).catch(() => {}) // it may never have been made
    if (error instanceof RegistryError) throw error
    throw new RegistryError('unwritable', `${path}: ${String(error)}`, { cause: error })
  }
}

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
