import { secret } from './secret.ts'
import type { About, Setting } from './setting.ts'
import { parsed, ReadError } from './setting.ts'

const EXAMPLE = 'postgres://ipupdater_receiver@db.example.org:5432/ipupdater'
const EXPECTED = `a URL such as ${EXAMPLE}`
const ENCODE = 'Write special characters of the password percent-encoded: "@" is %40, "/" is %2F, "#" is %23.'

/**
 * A connection URL of PostgreSQL. It may hold a password: it comes as NAME or NAME_FILE, no error repeats any part of
 * it, and at the start only host, port and database are shown.
 */
export function databaseUrl<D = never>(about: About<D>): Setting<string | D> {
  const { read } = secret({
    ...about,
    expected: EXPECTED,
    refusal: `is not ${EXPECTED}.`,
    read: text => text,
  })
  return parsed({
    ...about,
    expected: EXPECTED,
    example: EXAMPLE,
    secret: true,
    read: text => {
      const given = read(text)
      assertDatabaseUrl(given as string)
      return given as string
    },
    show: showDatabaseUrl,
  })
}

/** Every program that reads or writes addresses has it. */
export const databaseUrlSetting = databaseUrl({
  name: 'DATABASE_URL',
  description:
    'A PostgreSQL database instead of the file in DATA_DIR, for more than one receiver; empty: none.',
  default: null,
})

/** A password with an unencoded "/", "?" or "#" moves the borders of the parts, so each part is checked. */
function assertDatabaseUrl(text: string): void {
  if (!/^postgres(ql)?:\/\//.test(text))
    throw new ReadError('does not begin with postgres:// or postgresql://.')
  if (!URL.canParse(text)) throw new ReadError(`is not a URL. ${ENCODE}`)
  const url = new URL(text)
  if (url.hash !== '' || /[/@]/.test(databaseOf(url))) throw new ReadError(`is not a valid URL. ${ENCODE}`)
  if (/,/.test(hostOf(url))) {
    throw new ReadError(
      'names several hosts. Name one: a proxy, or an address that moves. See docs/scale.md.',
    )
  }
  if (hostOf(url) === '') throw new ReadError('names no host.')
  if (databaseOf(url) === '') throw new ReadError(`names no database. Example: ${EXAMPLE}`)
}

/** Host, port and database: neither the user nor the password nor the parameters. */
function showDatabaseUrl(text: string): string {
  const url = new URL(text)
  return `postgres://${hostOf(url)}:${url.port || '5432'}/${databaseOf(url)}`
}

/** A Unix socket has no place before the path, so its directory is the parameter `host`. */
function hostOf(url: URL): string {
  return url.searchParams.get('host') ?? url.hostname
}

function databaseOf(url: URL): string {
  return url.pathname.slice(1)
}
