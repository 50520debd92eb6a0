import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Location, Moved, Store } from '@ipupdater/storage'
import { locationOf, moveDatabase, openStore, StorageError, sqliteFile } from '@ipupdater/storage'
import { AdminError } from '../admin-error.ts'
import type { AdminContext, Answer } from '../context.ts'
import { passwordOf, showUrl, urlArgument, urlFileArgument } from '../database/url-argument.ts'
import { contentText, counted } from '../words.ts'

export interface MoveOptions {
  readonly to?: string
  readonly toFile?: string
}

/** `move`: copies the database to another one, SQLite or PostgreSQL, while no receiver writes to either. */
export async function move(context: AdminContext, options: MoveOptions): Promise<Answer> {
  const from = locationOf(context.settings)
  const to = targetOf(options)
  if (showLocation(from) === showLocation(to)) {
    throw new AdminError('misused', `${showLocation(from)} is the database in use.`, 'name another one.')
  }
  if ('sqlite' in from && !existsSync(from.sqlite)) {
    throw new StorageError('missing', `there is no ${from.sqlite}`, {
      advice: 'set DATA_DIR to its directory',
    })
  }
  // Held open during the copy: no receiver of SQLite can start meanwhile. They also bring both to the newest schema.
  await using _source = await openReserved(from)
  await using _target = await openReserved(to)
  let text = 'Moving'
  const moved = await context.progress(
    () => text,
    () =>
      moveDatabase(from, to, {
        now: context.now,
        onRows: (done, total) => {
          text = `Moving, ${Math.floor((100 * done) / total)} % of ${counted(total / 2, 'row')}`
        },
      }),
  )
  if (moved === null) {
    throw new AdminError(
      'refused',
      `${showLocation(to)} has devices already.`,
      'name a database that is new. Nothing was changed.',
    )
  }
  return answer(moved, from, to)
}

async function openReserved(location: Location): Promise<Store> {
  try {
    return await openStore(location, { reserve: 'sqlite' in location })
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'in-use') throw error
    const advice = 'stop it, so that nothing is reported between the copy and the change of the settings.'
    throw new AdminError('refused', `A receiver uses ${showLocation(location)}.`, advice, { cause: error })
  }
}

function answer(moved: Moved, from: Location, to: Location): Answer {
  const { devices, open_tenures, closed_tenures, outages } = moved
  const content = contentText({ schema: 0, devices, tenures: open_tenures + closed_tenures, outages })
  return {
    data: {
      from: showLocation(from),
      to: showLocation(to),
      devices,
      tenures: open_tenures + closed_tenures,
      outages,
    },
    lines: [
      `Copied and compared: ${content}, from ${showLocation(from)} to ${showLocation(to)}.`,
      'sqlite' in to
        ? `Now unset DATABASE_URL everywhere, set DATA_DIR to ${resolve(to.sqlite, '..')}, and start the receiver.`
        : 'Now set DATABASE_URL (or DATABASE_URL_FILE) for receivers, viewers and notifiers, and start them.',
      `${showLocation(from)} stays as it is. A receiver that still used it would take reports that the new one does not know.`,
      'Messages from before this moment are refused: devices report again at their next turn.',
    ],
  }
}

/** @throws AdminError `misused` */
function targetOf({ to, toFile }: MoveOptions): Location {
  if (to !== undefined && toFile !== undefined) {
    throw new AdminError('misused', '--to and --to-url-file exclude each other.', 'use one of them.')
  }
  if (toFile !== undefined) return { postgres: urlFileArgument('--to-url-file', toFile) }
  if (to === undefined) {
    throw new AdminError('misused', 'the target is missing.', 'name it: --to postgres://HOST/DATABASE')
  }
  if (!to.includes('://')) return { sqlite: sqliteFile(resolve(to)) }
  const url = urlArgument('--to', to)
  if (passwordOf(url) === null) return { postgres: url }
  throw new AdminError(
    'misused',
    '--to holds a password, which the list of processes shows.',
    'write the URL into a file of mode 0600, and name it: --to-url-file FILE.',
  )
}

/** Without user and password. */
function showLocation(location: Location): string {
  return 'sqlite' in location ? location.sqlite : showUrl(location.postgres)
}
