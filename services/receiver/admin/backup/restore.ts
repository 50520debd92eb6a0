import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ensureVolumes } from '@ipupdater/runtime'
import { restore, StorageError, sqliteFile } from '@ipupdater/storage'
import { lockWaitMs } from '../../registry/change-registry.ts'
import { registryPath } from '../../registry/registry-file.ts'
import { lockRegistry } from '../../registry/registry-lock.ts'
import type { ReplacedRegistry, StagedRegistry } from '../../registry/restore-registry.ts'
import { stageRegistry } from '../../registry/restore-registry.ts'
import { AdminError } from '../admin-error.ts'
import type { AdminContext, Answer } from '../context.ts'
import { explainError } from '../explain-error.ts'
import { contentText, counted } from '../words.ts'
import { assertSqlite } from './assert-sqlite.ts'

/** `restore FILE`: puts database and registry of a backup back, while the receiver runs. */
export async function restoreCommand(context: AdminContext, name: string): Promise<Answer> {
  assertSqlite(context.settings)
  const { dataDir, keysDir } = context.settings
  const file = resolve(name)
  assertRegularFile(file, context)
  assertOwnName(file, { dataDir, keysDir })
  await using staging = new AsyncDisposableStack()
  const staged: StagedRegistry[] = []
  // Called when the backup is checked: a file that is none leaves no directory and no lock behind.
  const takeRegistry = async (lines: AsyncIterable<readonly string[]> | null) => {
    ensureVolumes([
      { dir: dataDir, variable: 'DATA_DIR' },
      { dir: keysDir, variable: 'KEYS_DIR', mode: 0o700 },
    ])
    staging.use(lockRegistry(keysDir, lockWaitMs))
    if (lines !== null) staged.push(staging.use(await stageRegistry(keysDir, lines, file)))
  }
  const { restored, kept } = await context.progress('Checking and restoring the backup', () =>
    restore({ dir: dataDir, file, now: context.now, takeRegistry }).catch(error => {
      throw explainFile(error, file, context) ?? error
    }),
  )
  const [registry] = staged
  const replaced = registry ? await putInPlace(registry, new Date(context.now())) : null

  return {
    data: { file, ...restored, kept, registered: registry?.size ?? null, registry: replaced },
    lines: [
      `Restored from ${file} (${contentText(restored)}; ${registryText(registry)}).`,
      ...(kept === null ? [] : [`The database from before is kept as ${kept}.`]),
      ...(replaced === null
        ? ['This backup is an old one without the registry: the registered devices stay as they are.']
        : registryLines(replaced)),
      'Messages from before this moment are refused: devices report again at their next turn.',
    ],
  }
}

/** The file that was given is missing or no backup; null for every other error. */
function explainFile(error: unknown, file: string, context: AdminContext): AdminError | null {
  if (!(error instanceof StorageError) || !['missing', 'corrupt'].includes(error.code)) return null
  const message = error.code === 'missing' ? `There is no file ${file}.` : `${error.fault}.`
  return new AdminError('refused', message, nameBackup(context), { cause: error })
}

function nameBackup({ isContainer }: AdminContext): string {
  const where = isContainer ? ', by its path in the container' : ''
  return `name a file that "ipupdater-admin backup" has written${where}. Nothing was changed.`
}

/** Reading a named pipe or a device could wait without end. @throws AdminError */
function assertRegularFile(file: string, context: AdminContext): void {
  const given = statSync(file, { throwIfNoEntry: false })
  if (!given || given.isFile() || given.isDirectory()) return // what is missing or a directory is refused later
  throw new AdminError('refused', `${file} is not a regular file.`, nameBackup(context))
}

/** A restore begins by removing what a killed one left behind under these names. @throws AdminError */
function assertOwnName(file: string, { dataDir, keysDir }: { dataDir: string; keysDir: string }): void {
  const given = statSync(file, { bigint: true, throwIfNoEntry: false })
  for (const used of [`${sqliteFile(dataDir)}.restoring`, `${registryPath(keysDir)}.restoring`]) {
    const found = statSync(used, { bigint: true, throwIfNoEntry: false })
    if (!given || !found || found.dev !== given.dev || found.ino !== given.ino) continue
    throw new AdminError(
      'refused',
      `${file} has the name of a temporary file of this command, which would remove it.`,
      'move the backup to another name, and restore that.',
    )
  }
}

async function putInPlace(registry: StagedRegistry, time: Date): Promise<ReplacedRegistry> {
  try {
    return await registry.putInPlace(time)
  } catch (error) {
    const known = explainError(error)
    if (known === null) throw error
    throw new AdminError(
      known.code,
      `The database is restored, but the registry is not: ${known.message}`,
      'remove the cause, then run the same command again.',
      { cause: error },
    )
  }
}

function registryText(registry: StagedRegistry | undefined): string {
  return registry === undefined ? 'no registry' : `registry of ${counted(registry.size, 'device')}`
}

function registryLines({ kept, removed, added, changed }: ReplacedRegistry): string[] {
  return [
    ...(kept === null ? [] : [`The registry from before is kept as ${kept}.`]),
    ...named('Registered before, not in the backup', removed),
    ...named('Not registered before, in the backup', added),
    ...named('With other secrets than before', changed),
  ]
}

function named(what: string, devices: readonly string[]): string[] {
  if (devices.length === 0) return []
  const more = devices.length - shownAtMost
  const shown = devices.slice(0, shownAtMost).join(', ')
  return [`${what}: ${shown}${more > 0 ? ` and ${more} more` : ''}.`]
}

const shownAtMost = 20
