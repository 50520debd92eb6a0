/**
 * Copies what the named workspaces load when they run, and nothing else, out of a tree that npm installed:
 *
 *     node scripts/runtime-tree.ts OUT services/receiver services/viewer
 *
 * The server's image is made of it. It takes what each package says that it depends on, rather than deleting
 * what seems not to be needed.
 */
import { cpSync, existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

/** Dependencies that a package declares for its install script alone. */
const installOnly: Record<string, readonly string[]> = {
  sqlite3: ['node-addon-api', 'prebuild-install', 'tar'],
}

/** Large parts that no program loads: SQLite's sources and what compiling them leaves, the data of a test. */
const unread: Record<string, RegExp> = {
  sqlite3: /^(?:deps|src)$|^build\/(?!Release$|Release\/[^/]+\.node$)/,
  bintrees: /^test$/,
}

/** For people and editors; a licence goes wherever the code goes. */
const forPeople = /^(?!licen[cs]e|copying|notice).*\.(?:map|md|markdown|d\.[cm]?ts)$/i

const root = process.cwd()
const [out = '', ...workspaces] = process.argv.slice(2)
const taken = new Set<string>()
for (const workspace of workspaces) take(join(root, workspace))

/** Copies the package at `path`, which npm may have made a link to a workspace, and all that it depends on. */
function take(path: string): void {
  if (taken.has(path)) return
  taken.add(path)
  const dir = realpathSync(path)
  copy(path)
  if (dir !== path) take(dir)
  const { name, dependencies = {} } = manifestOf(dir)
  for (const dependency of Object.keys(dependencies)) {
    if (!installOnly[name]?.includes(dependency)) take(resolve(dir, dependency))
  }
}

function copy(path: string): void {
  const isUnread = (part: string) => part === 'node_modules' || unread[basename(path)]?.test(part)
  cpSync(path, join(out, relative(root, path)), {
    recursive: true,
    verbatimSymlinks: true, // npm's links are relative, so they hold in the copy too
    filter: source => !isUnread(relative(path, source)) && !forPeople.test(basename(source)),
  })
}

/** Where Node would find it: the nearest `node_modules` upwards that has it. */
function resolve(dir: string, dependency: string): string {
  const candidate = join(dir, 'node_modules', dependency)
  if (existsSync(candidate)) return candidate
  if (dir === root) throw new Error(`${dependency} is not installed; run npm ci first`)
  return resolve(dirname(dir), dependency)
}

function manifestOf(dir: string): { name: string; dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
}
