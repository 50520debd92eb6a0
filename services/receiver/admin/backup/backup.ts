import { basename, resolve } from 'node:path'
import { backup } from '@ipupdater/storage'
import { lockWaitMs } from '../../registry/change-registry.ts'
import { lockRegistry } from '../../registry/registry-lock.ts'
import { registryLines } from '../../registry/restore-registry.ts'
import type { AdminContext, Answer } from '../context.ts'
import { shellWord } from '../device/run-line.ts'
import { assertDirectory } from '../directories.ts'
import { contentText, counted } from '../words.ts'
import { assertSqlite } from './assert-sqlite.ts'
import { datedName, keepOption, removeOlder } from './keep.ts'
import { assertTarget } from './target.ts'

export interface BackupOptions {
  readonly keep?: string
  readonly force?: boolean
}

/**
 * `backup FILE`: database and registry in one file, while the receiver runs. With `--keep N` the file gets the time in
 * its name, and the newest N of those stay.
 */
export async function backupCommand(
  context: AdminContext,
  name: string,
  { keep: keepText, force = false }: BackupOptions,
): Promise<Answer> {
  const { settings, isContainer, now } = context
  assertSqlite(settings)
  const { dataDir, keysDir } = settings
  const keep = keepText === undefined ? null : keepOption(keepText)
  const file = keep === null ? resolve(name) : datedName(resolve(name), now())
  assertDirectory('DATA_DIR', dataDir)
  assertDirectory('KEYS_DIR', keysDir)
  assertTarget(file, { dataDir, keysDir, isContainer }, force)

  let registered = 0
  const registry = async function* () {
    for await (const lines of registryLines(keysDir)) {
      registered += lines.length
      yield lines
    }
  }
  const content = await context.progress('Copying and checking the database', async () => {
    // No device is added or removed between the copy of the database and that of the registry.
    using _lock = lockRegistry(keysDir, lockWaitMs)
    return backup(dataDir, file, registry())
  })
  const removed = keep === null ? [] : removeOlder(resolve(name), keep, file)

  const inEnvironment = settings.secret === null ? null : settings.device
  return {
    data: { file, ...content, registered, removed, notIncluded: inEnvironment },
    lines: [
      `Backed up and checked: ${file} (${contentText(content)}; registry of ${counted(registered, 'device')}).`,
      ...removed.map(old => `Removed the older ${old}.`),
      'It contains the secrets of the registered devices: keep it to yourself.',
      ...(inEnvironment === null
        ? []
        : [`Not in it: the secret of ${inEnvironment}, which is SECRET in the receiver's environment.`]),
      ...(isContainer ? [`To copy it out of the container: ${copyOut(file)}`] : []),
    ],
  }
}

/** `docker compose cp` would not find a file on a tmpfs, and would make a copy that others can read. */
function copyOut(file: string): string {
  return `(umask 077; docker compose exec -T receiver cat ${shellWord(file)} > ${shellWord(basename(file))})`
}
