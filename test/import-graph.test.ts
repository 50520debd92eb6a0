import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** Allowed imports, as in ARCHITECTURE.md: package → packages and libraries. `node:` is always allowed. */
const allowed: Record<string, readonly string[]> = {
  'packages/protocol': [],
  'packages/runtime': ['@logtape/logtape'],
  'packages/storage': ['packages/protocol', 'knex', 'pg', 'sqlite3'],
  'packages/web': ['packages/protocol', 'packages/runtime', 'koa'],
  'services/receiver': [
    'packages/protocol',
    'packages/runtime',
    'packages/storage',
    'packages/web',
    '@koa/router',
    'commander',
    'forwarded-parse',
    'koa',
    'prom-client',
    'raw-body',
  ],
  'services/viewer': [
    'packages/protocol',
    'packages/runtime',
    'packages/storage',
    'packages/web',
    '@koa/router',
    'escape-html',
    'koa',
    'lru-cache',
  ],
  'services/notifier': [
    'packages/protocol',
    'packages/runtime',
    'packages/storage',
    'packages/web',
    'commander',
    'got',
    'knex',
    'koa',
    'nodemailer',
    'prom-client',
    'pg',
    'sqlite3',
  ],
  'services/client': ['packages/protocol', 'packages/runtime', 'commander', 'croner', 'esbuild', 'got'],
}

/** Where some libraries may be imported, so they stay easy to replace. */
const places: Record<string, RegExp> = {
  koa: /^packages\/web\/|^services\/[a-z]+\/(app|metrics|front-page|.*[-/]routes?|routes\/.*)\.ts$/,
  '@koa/router': /^services\/[a-z]+\/(app|.*-routes?|routes\/.*)\.ts$/,
  knex: /^packages\/storage\/(sqlite|postgres)\/|^services\/notifier\/outbox\//,
  pg: /^packages\/storage\/postgres\//,
  sqlite3: /^packages\/storage\/sqlite\/|^services\/notifier\/outbox\//,
  nodemailer: /^services\/notifier\/channels\/mail\.ts$/,
  '@logtape/logtape': /^packages\/runtime\/log\.ts$/,
  'prom-client': /^services\/(receiver|notifier)\/metrics\.ts$/,
  esbuild: /^services\/client\/bundle\//,
  'forwarded-parse': /^services\/receiver\/source\/client-address\.ts$/,
}

/** Libraries that only one file of a package may import. */
const singles = ['got', 'croner', 'commander', 'raw-body', 'escape-html', 'prom-client']

interface Import {
  from: string
  to: string
  owner: string
}

const root = join(import.meta.dirname, '..')
const files = globSync('{packages,services}/**/*.ts', {
  cwd: root,
  exclude: path => path.includes('node_modules') || path.includes('dist'),
})
const imports = files.flatMap(file => importsOf(file, readFileSync(join(root, file), 'utf8')))
const ofProduct = imports.filter(({ from }) => !/\.test\.ts$|\/fixtures\//.test(from))

function importsOf(file: string, source: string): Import[] {
  const statement =
    /^(?:import|export)\s[^'"]*?\sfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm
  return [...source.matchAll(statement)].map(match => {
    const specifier = match.slice(1).find(text => text !== undefined) ?? ''
    const to = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier
    return { from: file, to, owner: ownerOf(to) }
  })
}

/** 'services/viewer/app.ts' → 'services/viewer', '@ipupdater/web' → 'packages/web', 'koa' → 'koa'. */
function ownerOf(path: string): string {
  if (path.startsWith('node:')) return 'node:'
  if (path.startsWith('@ipupdater/')) return `packages/${path.slice('@ipupdater/'.length)}`
  const owner = /^(?:packages|services)\/[a-z]+/.exec(path)
  return owner ? owner[0] : path
}

test('every package has sources, and imports were found', () => {
  for (const owner of Object.keys(allowed))
    assert.ok(
      files.some(file => file.startsWith(`${owner}/`)),
      owner,
    )
  assert.ok(ofProduct.length > 50, `${ofProduct.length} imports`)
})

test('a package imports only what the map allows', () => {
  const forbidden = ofProduct.filter(({ from, owner }) => {
    const own = ownerOf(from)
    return owner !== own && owner !== 'node:' && !(allowed[own] ?? []).includes(owner)
  })
  assert.deepEqual(forbidden, [])
})

test('other packages are imported by name, never by path', () => {
  const pathImports = imports.filter(
    ({ from, to, owner }) =>
      (to.startsWith('packages/') || to.startsWith('services/')) && owner !== ownerOf(from),
  )
  assert.deepEqual(pathImports, [])
})

test('each library is imported only where the map says', () => {
  const misplaced = ofProduct.filter(({ from, to }) => places[to] && !places[to].test(from))
  assert.deepEqual(misplaced, [])
})

test('some libraries are imported in one file per package', () => {
  for (const library of singles) {
    for (const owner of Object.keys(allowed)) {
      const users = new Set(
        ofProduct.filter(({ from, to }) => to === library && ownerOf(from) === owner).map(({ from }) => from),
      )
      assert.ok(users.size <= 1, `${library} in ${[...users].join(', ')}`)
    }
  }
})

test('types are imported on their own lines', () => {
  const inline = files.filter(file => /^import \{[^}]*\btype /m.test(readFileSync(join(root, file), 'utf8')))
  assert.deepEqual(inline, [])
})
