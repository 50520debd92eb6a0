import assert from 'node:assert/strict'
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { backup, openStore, sqliteFile } from '@ipupdater/storage'
import { temporaryDirectory } from '../../../../test/fixtures/temporary-directory.ts'
import { assertTarget } from './target.ts'

/** A server with a database and a registry, and a directory for backups. */
async function server(t: TestContext) {
  const dir = temporaryDirectory()
  const [dataDir, keysDir, backups] = ['data', 'keys', 'backups'].map(name => join(dir, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [dataDir, keysDir, backups]) mkdirSync(path)
  writeFileSync(join(keysDir, 'devices.jsonl'), 'the registry')
  const store = await openStore({ sqlite: sqliteFile(dataDir) })
  t.after(() => store[Symbol.asyncDispose]())
  return { dir, dataDir, keysDir, backups, database: join(dataDir, 'ipupdater.sqlite') }
}
type Server = Awaited<ReturnType<typeof server>>

const refused: [what: string, file: (server: Server) => string, message: RegExp, isForced: boolean][] = [
  ['the registry', ({ keysDir }) => join(keysDir, 'devices.jsonl'), /is in KEYS_DIR/, true],
  ['a new file next to the registry', ({ keysDir }) => join(keysDir, 'new.sqlite'), /is in KEYS_DIR/, true],
  ['the database', ({ database }) => database, /is in DATA_DIR, which the viewer can read/, true],
  ['the WAL of the database', ({ database }) => `${database}-wal`, /is in DATA_DIR/, true],
  ['a new file next to the database', ({ dataDir }) => join(dataDir, 'b.sqlite'), /is in DATA_DIR/, true],
  [
    'a file below DATA_DIR',
    ({ dataDir }) => {
      mkdirSync(join(dataDir, 'backups'))
      return join(dataDir, 'backups', 'b.sqlite')
    },
    /is in DATA_DIR/,
    true,
  ],
  [
    'the registry through a link to its directory',
    ({ keysDir, dir }) => {
      symlinkSync(keysDir, join(dir, 'link'))
      return join(dir, 'link', 'devices.jsonl')
    },
    /is in KEYS_DIR/,
    true,
  ],
  [
    'the registry through a path with ..',
    ({ backups }) => `${backups}/../keys/devices.jsonl`,
    /is in KEYS_DIR/,
    true,
  ],
  [
    'a symbolic link to the registry',
    ({ keysDir, backups }) => {
      symlinkSync(join(keysDir, 'devices.jsonl'), join(backups, 'b.sqlite'))
      return join(backups, 'b.sqlite')
    },
    /is a symbolic link/,
    true,
  ],
  [
    'a symbolic link to nothing',
    ({ backups }) => {
      symlinkSync('nowhere', join(backups, 'b.sqlite'))
      return join(backups, 'b.sqlite')
    },
    /is a symbolic link/,
    true,
  ],
  [
    'a hard link to the registry',
    ({ keysDir, backups }) => {
      linkSync(join(keysDir, 'devices.jsonl'), join(backups, 'b.sqlite'))
      return join(backups, 'b.sqlite')
    },
    /is the same file as one in DATA_DIR or KEYS_DIR/,
    true,
  ],
  [
    'a hard link to the database',
    ({ database, backups }) => {
      linkSync(database, join(backups, 'b.sqlite'))
      return join(backups, 'b.sqlite')
    },
    /is the same file as one in DATA_DIR or KEYS_DIR/,
    true,
  ],
  [
    'a database of another server, in use',
    ({ backups }) => {
      writeFileSync(join(backups, 'b.sqlite'), 'a database')
      writeFileSync(join(backups, 'b.sqlite-wal'), 'its latest changes')
      return join(backups, 'b.sqlite')
    },
    /is a database in use: b\.sqlite-wal is next to it/,
    true,
  ],
  ['a directory', ({ backups }) => backups, /is not a file/, true],
  ['a file in a directory that is missing', () => '/nope/x', /^There is no directory \/nope\.$/, true],
  [
    'a file of someone else',
    ({ backups }) => {
      writeFileSync(join(backups, 'thesis.txt'), 'precious')
      return join(backups, 'thesis.txt')
    },
    /exists and is not an ipupdater backup/,
    false,
  ],
  [
    'an empty file',
    ({ backups }) => {
      writeFileSync(join(backups, 'empty'), '')
      return join(backups, 'empty')
    },
    /exists and is not an ipupdater backup/,
    false,
  ],
]
for (const [what, fileOf, message, isForced] of refused) {
  const how = isForced ? 'refused, even with --force' : 'refused without --force'
  test(`a backup over ${what} is ${how}`, async t => {
    const fixture = await server(t)
    const file = fileOf(fixture)
    const check = (force: boolean) => () => assertTarget(file, { ...fixture, isContainer: false }, force)
    assert.throws(check(false), { name: 'AdminError', code: 'refused', message })
    if (isForced) assert.throws(check(true), { name: 'AdminError', code: 'refused', message })
    else check(true)()
  })
}

test('a new file and an older backup may be written', async t => {
  const fixture = await server(t)
  const file = join(fixture.backups, 'b.sqlite')
  assertTarget(file, { ...fixture, isContainer: false }, false)
  await backup(fixture.dataDir, file)
  assertTarget(file, { ...fixture, isContainer: false }, false)
})

test('what is in the way of the temporary copy stays, and so does all next to it', async t => {
  const { dataDir, backups } = await server(t)
  const file = join(backups, 'b.sqlite')
  writeFileSync(`${file}.partial`, 'precious')
  await assert.rejects(backup(dataDir, file), /b\.sqlite\.partial is in the way: move it away/)
  assert.deepEqual(readdirSync(backups), ['b.sqlite.partial'])
  assert.equal(readFileSync(`${file}.partial`, 'utf8'), 'precious')
  rmSync(`${file}.partial`)
  mkdirSync(`${file}.partial`)
  writeFileSync(join(`${file}.partial`, 'thesis.txt'), 'precious')
  await assert.rejects(backup(dataDir, file), /b\.sqlite\.partial is in the way: move it away/)
  assert.equal(readFileSync(join(`${file}.partial`, 'thesis.txt'), 'utf8'), 'precious')
})

test('a link in the way of the temporary copy is not followed, and of a strange directory nothing is removed', async t => {
  const { dataDir, keysDir, backups } = await server(t)
  writeFileSync(join(keysDir, 'devices.jsonl'), 'precious')
  for (const [name, target] of [
    ['devices.jsonl', keysDir],
    ['ipupdater.sqlite', dataDir],
  ] as const) {
    const file = join(backups, name)
    const before = readdirSync(target)
    symlinkSync(target, `${file}.partial`)
    await assert.rejects(backup(dataDir, file), /\.partial is in the way: move it away/)
    assert.deepEqual(readdirSync(target), before)
  }

  const file = join(backups, 'b.sqlite')
  mkdirSync(`${file}.partial`)
  for (const name of ['b.sqlite', 'thesis.txt']) writeFileSync(join(`${file}.partial`, name), 'precious')
  await assert.rejects(backup(dataDir, file), /\.partial is in the way: move it away/)
  assert.deepEqual(readdirSync(`${file}.partial`), ['b.sqlite', 'thesis.txt'])
})
