import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import type { StartError } from './start-error.ts'
import { ensureVolumes, isReadOnly, unreadableFile } from './volume.ts'

const canUnshare = spawnSync('unshare', ['-rm', 'true']).status === 0
const isRoot = process.getuid?.() === 0

function temporaryDir(): string {
  const dir = temporaryDirectory()
  chmodSync(dir, 0o755)
  return dir
}

test('a missing directory is created', () => {
  const dir = join(temporaryDir(), 'a', 'b')
  ensureVolumes([{ dir, variable: 'DATA_DIR' }])
  assert.ok(statSync(dir).isDirectory())
})

test('a file in place of the directory is refused with its name and variable', () => {
  const file = join(temporaryDir(), 'file')
  writeFileSync(file, '')
  assert.throws(
    () => ensureVolumes([{ dir: file, variable: 'DATA_DIR' }]),
    (error: StartError) =>
      error.code === 'volume-unusable' && error.message === `DATA_DIR=${file} is not a directory.`,
  )
})

test('a directory is read-only only if its file system is', () => {
  const dir = temporaryDir()
  assert.deepEqual([isReadOnly(dir), isReadOnly(join(dir, 'missing'))], [false, false])
  if (!canUnshare) return
  const mounted = `mount -t tmpfs -o ro none ${dir} && exec "$@"`
  const program = `import { isReadOnly } from ${JSON.stringify(import.meta.resolve('./volume.ts'))}; console.log(isReadOnly(${JSON.stringify(dir)}))`
  const node = [process.execPath, '--input-type=module', '-e', program]
  const { stdout } = spawnSync('unshare', ['-rm', 'sh', '-c', mounted, 'sh', ...node], { encoding: 'utf8' })
  assert.equal(stdout.trim(), 'true')
})

test('a directory below a file is refused, too', () => {
  const file = join(temporaryDir(), 'file')
  writeFileSync(file, '')
  assert.throws(
    () => ensureVolumes([{ dir: join(file, 'data'), variable: 'DATA_DIR' }]),
    ({ code, message, cause }: StartError) =>
      code === 'volume-unusable' &&
      message === `DATA_DIR=${join(file, 'data')} is not a directory.` &&
      cause instanceof Error,
  )
})

/** What a program of its own gets from these volumes. `before` runs in a mount namespace that is its own as well. */
function refusal(volumes: object[], { before = '', asUser = 0 } = {}) {
  const program = `
    import { ensureVolumes } from ${JSON.stringify(import.meta.resolve('./volume.ts'))}
    if (${asUser} > 0) { process.setgid(${asUser}); process.setuid(${asUser}) }
    try { ensureVolumes(${JSON.stringify(volumes)}) } catch (e) { console.log(JSON.stringify({ ...e, message: e.message })) }`
  const node = [process.execPath, '--input-type=module', '-e', program]
  const command =
    before === '' ? node : ['unshare', '-rm', 'sh', '-c', `${before} && exec "$@"`, 'sh', ...node]
  const [file = '', ...args] = command
  const { stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' })
  return JSON.parse(stdout || assert.fail(stderr))
}

test('a read-only file system is refused with the cure', {
  skip: !canUnshare && 'needs unshare with user namespaces',
}, () => {
  const dir = temporaryDir()
  const { code, message, cure } = refusal([{ dir: `${dir}/data`, variable: 'DATA_DIR' }], {
    before: `mount -t tmpfs -o ro none ${dir}`,
  })
  assert.equal(code, 'volume-read-only')
  assert.equal(message, `DATA_DIR=${dir}/data is on a read-only file system, and this program writes there.`)
  assert.match(cure, /without ":ro"/)
})

test('directories of another user are named together, with owner, user and the command', {
  skip: !isRoot && 'needs root',
}, () => {
  const [data, keys] = [temporaryDir(), temporaryDir()]
  const { code, message, cure } = refusal(
    [
      { dir: data, variable: 'DATA_DIR' },
      { dir: keys, variable: 'KEYS_DIR' },
    ],
    { asUser: 1000 },
  )
  assert.equal(code, 'volume-owner')
  const reason = 'is owned by uid 0 and gid 0 (mode 0755), but this program runs as uid 1000 and gid 1000'
  assert.equal(
    message,
    `DATA_DIR=${data} ${reason} and cannot write there.\nKEYS_DIR=${keys} ${reason} and cannot write there.`,
  )
  assert.match(cure, new RegExp(`chown .*-R 1000:1000 ${data} ${keys}`))
})

test("another user's file is refused with owner, user and the command for the volume", () => {
  const file = join(temporaryDir(), 'file')
  writeFileSync(file, '', { mode: 0o600 })
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
  const error = unreadableFile(file, denied)
  const [uid, gid] = [process.getuid?.(), process.getgid?.()]
  assert.equal(error.code, 'volume-owner')
  assert.equal(
    error.message,
    `${file} is owned by uid ${uid} and gid ${gid} (mode 0600), but this program runs as uid ${uid} and gid ${gid} and cannot read it.`,
  )
  assert.ok(error.cure.includes(`-R ${uid}:${gid} ${dirname(file)}`))
})

test('a file that the disk cannot read is reported with the reason', () => {
  const error = unreadableFile('/keys/file', Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }))
  assert.deepEqual(
    [error.code, error.message],
    ['volume-unusable', '/keys/file cannot be read: EIO: i/o error.'],
  )
})
