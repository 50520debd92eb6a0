import { RECEIVER_ROLE, roleStatements, runStatements, VIEWER_ROLE } from '@ipupdater/storage'
import { AdminError } from '../admin-error.ts'
import type { AdminContext, Answer } from '../context.ts'
import { assertPostgres } from './assert-postgres.ts'
import { passwordOf, showUrl, urlFileArgument } from './url-argument.ts'

export interface SetupOptions {
  readonly run?: boolean
  readonly receiverUrlFile?: string
  readonly viewerUrlFile?: string
}

/**
 * `database setup`: prints the statements that make the roles of receivers and viewers, for psql, or runs them in
 * DATABASE_URL.
 */
export async function databaseSetup(context: AdminContext, options: SetupOptions): Promise<Answer> {
  const passwords = {
    receiver: passwordFor(RECEIVER_ROLE, '--receiver-url-file', options.receiverUrlFile),
    viewer: passwordFor(VIEWER_ROLE, '--viewer-url-file', options.viewerUrlFile),
  }
  const statements = roleStatements(passwords, context.randomBytes)
  const isRun = options.run ?? false
  const data = { statements, isRun }
  const unchanged = [
    ...(passwords.receiver === null ? [RECEIVER_ROLE] : []),
    ...(passwords.viewer === null ? [VIEWER_ROLE] : []),
  ]
  if (!isRun) {
    return {
      data,
      lines: [
        '-- To be run once by a superuser, in the database that ipupdater will use. Running it again changes nothing.',
        ...statements.map(statement => `${statement};`),
        ...unchanged.map(role => `-- A password is set in psql: \\password ${role}`),
      ],
    }
  }
  const url = assertPostgres(context.settings, 'database setup --run')
  await context.progress('Making the roles', () => runStatements(url, statements))
  return {
    data,
    lines: [
      `${showUrl(url)} has the roles ${RECEIVER_ROLE} for receivers, and ${VIEWER_ROLE} for viewers and notifiers.`,
      ...unchanged.map(
        role => `The password of ${role} was not changed. It is set in psql: \\password ${role}`,
      ),
      'The first receiver that starts makes the tables.',
    ],
  }
}

/** Null: no file was given. @throws AdminError `misused` */
function passwordFor(role: string, option: string, file: string | undefined): string | null {
  if (file === undefined) return null
  const url = urlFileArgument(option, file)
  const user = new URL(url).username
  if (user !== role) {
    throw new AdminError(
      'misused',
      `${option} ${file} holds a URL of another user.`,
      `write one such as postgres://${role}:PASSWORD@HOST/DATABASE.`,
    )
  }
  const password = passwordOf(url)
  if (password !== null) return password
  throw new AdminError(
    'misused',
    `${option} ${file} holds a URL without a password.`,
    'leave the option out.',
  )
}
