import { cpSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

/**
 * Copies a package, and what it depends on, from one `node_modules` to another: what is loaded when a program runs, and
 * nothing else. It takes what each package says that it depends on, rather than deleting what seems not to be needed.
 */
export function copyPackage(name: string, from: string, to: string): void {
  const path = join(from, name)
  const isUnread = (part: string) => part === 'node_modules' || UNREAD[name]?.test(part)
  cpSync(path, join(to, name), {
    recursive: true,
    filter: source => !isUnread(relative(path, source)) && !FOR_PEOPLE.test(basename(source)),
  })
  const { dependencies = {} } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  for (const dependency of Object.keys(dependencies)) {
    if (!INSTALL_ONLY[name]?.includes(dependency)) copyPackage(dependency, from, to)
  }
}

/** Dependencies that a package declares for its install script alone. */
const INSTALL_ONLY: Readonly<Record<string, readonly string[]>> = {
  sqlite3: ['node-addon-api', 'prebuild-install', 'tar'],
}

/** Large parts that no program loads: SQLite's sources, and what compiling them leaves. */
const UNREAD: Readonly<Record<string, RegExp>> = {
  sqlite3: /^(?:deps|src)$|^build\/(?!Release$|Release\/[^/]+\.node$)/,
}

/** For people and editors; a licence goes wherever the code goes. */
const FOR_PEOPLE = /^(?!licen[cs]e|copying|notice).*\.(?:map|md|markdown|d\.[cm]?ts)$/i
