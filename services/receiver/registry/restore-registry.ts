import { constants } from 'node:fs'
import { chmod, copyFile, readFile, rm } from 'node:fs/promises'
import { listDevices } from './change-registry.ts'
import { RegistryError } from './registry-error.ts'
import {
  moveIntoPlace,
  parseRegistryLines,
  readRegistryFile,
  registryPath,
  stageRegistryFile,
  unwritable,
} from './registry-file.ts'
import type { RegistryEntry } from './registry-line.ts'
import { encodeRegistryLine } from './registry-line.ts'

/** The registry as lines, for a backup; nothing if no device was ever added. @throws RegistryError */
export async function* registryLines(dir: string): AsyncGenerator<string[]> {
  let lines: string[] = []
  for await (const entry of listDevices(dir)) {
    lines.push(encodeRegistryLine(entry))
    if (lines.length < 500) continue
    yield lines
    lines = []
  }
  yield lines
}

/** A registry out of a backup, written next to the one in use. */
export interface StagedRegistry extends AsyncDisposable {
  /** How many devices it has. */
  readonly size: number
  /** Replaces the registry in use, of which a copy is kept. The caller has the lock. @throws RegistryError */
  putInPlace(time: Date): Promise<ReplacedRegistry>
}

export interface ReplacedRegistry {
  /** The copy of the registry that was in use; null: there was none, or it was the same. */
  readonly kept: string | null
  /** Devices that were in use and are not in the backup. All three lists are empty if the registry was damaged. */
  readonly removed: readonly string[]
  /** Devices that were not in use. */
  readonly added: readonly string[]
  /** Devices whose secrets are others now. */
  readonly changed: readonly string[]
}

/** Reads all of it before anything is replaced. `source` names the backup. @throws RegistryError `damaged`, `unwritable` */
export async function stageRegistry(
  dir: string,
  lines: AsyncIterable<readonly string[]>,
  source: string,
): Promise<StagedRegistry> {
  const path = registryPath(dir)
  const staged = `${path}.restoring`
  let size = 0
  const counted = async function* () {
    for await (const entries of parseRegistryLines(lines, `the registry in ${source}`)) {
      size += entries.length
      yield entries
    }
  }
  const before = await linesInUse(dir)
  try {
    await stageRegistryFile(staged, counted())
  } catch (error) {
    await rm(staged, { force: true }).catch(() => {}) // the first error counts
    throw unwritable(path, error)
  }
  return {
    size,
    async putInPlace(time) {
      try {
        const kept = `${path}.before-${time.toISOString().replaceAll(':', '')}`
        return await replace(path, { before, staged, kept })
      } catch (error) {
        throw unwritable(path, error)
      }
    },
    [Symbol.asyncDispose]: () => rm(staged, { force: true }),
  }
}

interface Replacement {
  readonly before: ReadonlyMap<string, string> | null
  readonly staged: string
  readonly kept: string
}

async function replace(path: string, { before, staged, kept }: Replacement): Promise<ReplacedRegistry> {
  const after = await linesByDevice(entriesOf(staged))
  const isKept = before?.size !== 0 && !(await isSame(path, staged))
  if (isKept) {
    await copyFile(path, kept, constants.COPYFILE_EXCL)
    await chmod(kept, 0o600)
  }
  await moveIntoPlace(staged, path)
  if (before === null) return { kept, removed: [], added: [], changed: [] }
  const changed = [...after].filter(([device, line]) => before.has(device) && before.get(device) !== line)
  return {
    kept: isKept ? kept : null,
    removed: [...before.keys()].filter(device => !after.has(device)),
    added: [...after.keys()].filter(device => !before.has(device)),
    changed: changed.map(([device]) => device),
  }
}

/** The registry in use by device; null: it is damaged, which a restore is to repair. @throws RegistryError */
async function linesInUse(dir: string): Promise<Map<string, string> | null> {
  try {
    return await linesByDevice(listDevices(dir))
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'damaged') return null
    throw error
  }
}

async function* entriesOf(path: string): AsyncGenerator<RegistryEntry> {
  for await (const entries of readRegistryFile(path)) yield* entries
}

async function linesByDevice(entries: AsyncIterable<RegistryEntry>): Promise<Map<string, string>> {
  const lines = new Map<string, string>()
  for await (const entry of entries) lines.set(entry.device, encodeRegistryLine(entry))
  return lines
}

async function isSame(path: string, other: string): Promise<boolean> {
  return (await readFile(path)).equals(await readFile(other))
}
