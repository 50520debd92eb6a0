import type { FlagNames } from '@ipupdater/runtime'
import { readSecretFile } from '@ipupdater/runtime'
import type { ClientSettings } from './client-settings.ts'

/** The base of a viewer, with or without user name and password. Throws for anything else. */
export function parseViewerUrl(text: string): URL {
  const url = new URL(text)
  const isBase = /^https?:$/.test(url.protocol) && url.search === '' && url.hash === ''
  if (!isBase) throw new RangeError('not the base of a viewer')
  return url
}

type Given = Pick<ClientSettings, 'viewer' | 'viewerFile'>

/** The viewer that VIEWER_URL or the file of VIEWER_URL_FILE names; a text says what is wrong. */
export function viewerUrlOf({ viewer, viewerFile }: Given, flags: FlagNames): URL | string {
  if (viewer !== null && viewerFile !== null) {
    return 'VIEWER_URL and VIEWER_URL_FILE are both set. Keep one of them.'
  }
  if (viewer !== null) return viewer
  if (viewerFile === null) return 'VIEWER_URL is missing. Example: --viewer https://ip.example.org'
  const named = flags.VIEWER_URL_FILE ? `${flags.VIEWER_URL_FILE} ` : 'VIEWER_URL_FILE='
  const { text, fault } = readSecretFile(viewerFile)
  if (fault !== undefined) return `${named}"${viewerFile}" ${fault}`
  try {
    return parseViewerUrl(text)
  } catch {
    return `${named}"${viewerFile}" does not hold an http:// or https:// URL. Example: https://ip.example.org`
  }
}
