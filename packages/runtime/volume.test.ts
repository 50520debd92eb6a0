import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { StartError } from './start-error.ts'
import { ensureVolume, unreadableFile } from './volume.ts'

const isRoot = process.getuid?.() === 0

function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'volume-'))
  chmodSync(dir, 0o755)
  return dir
}

test('a directory that is missing is made', () => {
  const dir = join(temporaryDir(), 'a', 'b')
  ensureVolume(dir, 'DATA_DIR')
  assert.ok(statSync(dir).isDirectory())
})

test('a file in its place is refused with its name and variable', () => {
  const file = join(temporaryDir(), 'file')
  writeFileSync(file, '')
  assert.throws(
    () => ensureVolume(file, 'DATA_DIR'),
    (error: StartError) =>
      error.code === 'volume-unusable' && error.message === `DATA_DIR=${file} is not a directory.`,
  )
})

test('a read-only file system is refused with the cure', () => {
  assert.throws(
    () => ensureVolume('/proc/sys', 'DATA_DIR'),
    (error: StartError) => error instanceof StartError,
  )
})

test("another's directory: whose it is, who we are, and the chown commands", {
  skip: !isRoot && 'needs root',
}, () => {
  const dir = temporaryDir()
  const program = `
    import { ensureVolume } from ${JSON.stringify(import.meta.resolve('./volume.ts'))}
    process.setgid(1000); process.setuid(1000)
    try { ensureVolume(${JSON.stringify(dir)}, 'KEYS_DIR') } catch (e) { console.log(JSON.stringify({ ...e, message: e.message })) }`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  const { code, message, cure } = JSON.parse(stdout)
  assert.equal(code, 'volume-owner')
  assert.equal(
    message,
    `KEYS_DIR=${dir} belongs to uid 0 and gid 0 (mode 0755); this program runs as uid 1000 and gid 1000 and may not write there.`,
  )
  assert.match(cure, new RegExp(`--user root .* receiver -R 1000:1000 ${dir}`))
  assert.match(cure, /sudo chown -R 1000:1000/)
})

test("another's file: whose it is, who we are, and the command for the volume", () => {
  const file = join(temporaryDir(), 'file')
  writeFileSync(file, '', { mode: 0o600 })
  const error = unreadableFile(
    file,
    Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }),
  )
  const [uid, gid] = [process.getuid?.(), process.getgid?.()]
  assert.equal(error.code, 'volume-owner')
  assert.equal(
    error.message,
    `${file} belongs to uid ${uid} and gid ${gid} (mode 0600); this program runs as uid ${uid} and gid ${gid} and may not read it.`,
  )
  assert.match(error.cure, new RegExp(`receiver -R ${uid}:${gid} ${dirname(file)}`))
})

test('a file that the disk does not give out is told as it is', () => {
  const error = unreadableFile('/keys/file', Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }))
  assert.deepEqual(
    [error.code, error.message],
    ['volume-unusable', '/keys/file cannot be read: EIO: i/o error.'],
  )
})
