import { databaseUrl, ReadError, readSecretFile } from '@ipupdater/runtime'
import { AdminError } from '../admin-error.ts'
import { adminSettings } from '../settings.ts'

/** A PostgreSQL URL given as an option. @throws AdminError `misused`, without any part of the URL */
export function urlArgument(option: string, text: string): string {
  try {
    return setting.read(text)
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    throw new AdminError('misused', `${option} ${error.message}`, null)
  }
}

/** The URL in a file, or on standard input for "-": a password in it stays out of the list of processes. */
export function urlFileArgument(option: string, file: string): string {
  const { text, fault } = readSecretFile(file === '-' ? 0 : file)
  if (fault === undefined) return urlArgument(`${option} ${file}`, text)
  throw new AdminError(
    'misused',
    `${option} ${file} ${fault}`,
    'name a file with nothing but the URL in it, or "-" for standard input.',
  )
}

/** Host, port and database of a URL. */
export function showUrl(url: string): string {
  return adminSettings.databaseUrl.show(url)
}

/** The password in a URL, decoded; null: none. */
export function passwordOf(url: string): string | null {
  const { password } = new URL(url)
  return password === '' ? null : decodeURIComponent(password)
}

const setting = databaseUrl({ name: 'URL', description: 'A PostgreSQL database.' })
