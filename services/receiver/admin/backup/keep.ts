import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { AdminError } from '../admin-error.ts'
import { isBackup } from './target.ts'

/** The number after --keep. @throws AdminError `misused` */
export function keepOption(text: string): number {
  const keep = Number(text)
  if (/^\d{1,6}$/.test(text) && keep >= 1) return keep
  throw new AdminError(
    'misused',
    `--keep ${JSON.stringify(text)} is not a number of backups from 1.`,
    'for daily backups of a week: --keep 7',
  )
}

/** `backup.sqlite` → `backup-20261122T183000Z.sqlite`; such names sort by time. */
export function datedName(file: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${stemOf(file)}-${time}${extname(file)}`
}

/**
 * Removes all but the newest `keep` backups with a time in their name. No other file is touched. `made` always stays,
 * even if a clock that was ahead gave others a later time.
 */
export function removeOlder(file: string, keep: number, made: string): string[] {
  const dir = dirname(file)
  const stem = `${basename(stemOf(file))}-`
  const isDated = (name: string) =>
    name.startsWith(stem) &&
    name.endsWith(extname(file)) &&
    /^\d{8}T\d{6}Z$/.test(name.slice(stem.length, name.length - extname(file).length))
  const others = readdirSync(dir)
    .filter(isDated)
    .map(name => join(dir, name))
    .filter(path => path !== made && isBackup(path))
    .sort()
  const old = others.slice(0, Math.max(0, others.length - (keep - 1)))
  for (const path of old) rmSync(path)
  return old
}

function stemOf(file: string): string {
  return file.slice(0, file.length - extname(file).length)
}
