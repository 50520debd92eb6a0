import { resolve } from 'node:path'
import { restore } from '@ipupdater/storage'
import type { AdminContext } from '../context.ts'
import { contentText } from '../words.ts'

/** `restore FILE`: puts a backup in the place of the database; the receiver may run meanwhile. */
export async function restoreCommand({ settings, print, now }: AdminContext, file: string): Promise<void> {
  const { restored, kept } = await restore({ dir: settings.dataDir, file: resolve(file), now })

  print(`Restored from ${resolve(file)} (${contentText(restored)}).`)
  if (kept !== null) print(`What stood there before is kept as ${kept}.`)
  print('Messages from before this moment are refused: devices report anew at their next turn.')
}
