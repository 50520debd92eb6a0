import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { backup } from '@ipupdater/storage'
import { AdminError } from '../admin-error.ts'
import type { AdminContext } from '../context.ts'
import { contentText } from '../words.ts'

/**
 * `backup FILE`: a copy of the database, while the receiver runs. With `--keep N` the file gets the time into its
 * name, and of those so named beside it the newest N stay.
 */
export async function backupCommand(
  context: AdminContext,
  file: string,
  options: { keep?: string },
): Promise<void> {
  const { settings, print, now } = context
  const keep = options.keep === undefined ? null : keepOption(options.keep)
  const target = keep === null ? resolve(file) : datedName(resolve(file), now())
  const content = await backup(settings.dataDir, target)

  print(`Backed up and checked: ${target} (${contentText(content)}).`)
  if (keep !== null) for (const old of prune(resolve(file), keep)) print(`Removed the older ${old}.`)
  print('Not in it: the secrets. Copy KEYS_DIR too, and keep that copy to yourself.')
  print(`To copy it out of the container: docker compose cp receiver:${target} .`)
}

function keepOption(text: string): number {
  const keep = Number(text)
  if (/^\d{1,6}$/.test(text) && keep >= 1) return keep
  throw new AdminError(
    'misused',
    `--keep ${JSON.stringify(text)} is no number from 1 on.`,
    'for a week of daily ones: --keep 7',
  )
}

/** `backup.sqlite` → `backup-20261122T183000Z.sqlite`; such names sort by time. */
function datedName(file: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${stemOf(file)}-${time}${extname(file)}`
}

/** Removes all but the newest `keep` of the dated names; no other file is touched. */
function prune(file: string, keep: number): string[] {
  const dir = dirname(file)
  const stem = `${basename(stemOf(file))}-`
  const isDated = (name: string) =>
    name.startsWith(stem) &&
    name.endsWith(extname(file)) &&
    /^\d{8}T\d{6}Z$/.test(name.slice(stem.length, name.length - extname(file).length))
  const old = readdirSync(dir)
    .filter(isDated)
    .sort()
    .slice(0, -keep)
    .map(name => join(dir, name))
  for (const path of old) rmSync(path)
  return old
}

function stemOf(file: string): string {
  return file.slice(0, file.length - extname(file).length)
}
