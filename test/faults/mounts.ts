import { execFileSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Something that is mounted on `dir` until it is disposed of. */
export interface Mount extends Disposable {
  readonly dir: string
}

/** `dir` once more, under another path, and there it cannot be written to: what `:ro` means in Docker. */
export function mountReadOnly(dir: string, at = `${dir}-read-only`): Mount {
  mkdirSync(at, { recursive: true })
  mount('--bind', dir, at)
  const view = mounted(at)
  mount('-o', 'remount,bind,ro', at)
  return view
}

/** In memory, and of a size that can be changed. */
export interface SmallVolume extends Mount {
  resize(bytes: number): void
}

export function mountSmall(dir: string, bytes: number): SmallVolume {
  mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'ipufaults', dir)
  return { ...mounted(dir), resize: size => mount('-o', `remount,size=${size}`, dir) }
}

/** A file system in a file, which breaks when it is told to. */
export interface Disk extends Mount {
  /** The kernel meets a fault in it, and from then on lets nobody write. */
  fail(): void
  /** Takes it out, to be checked and put back. Whoever has a file open on it keeps it from being checked. */
  unmount(): void
  mend(): void
}

export function mountDisk(dir: string, image: string, bytes: number): Disk {
  writeFileSync(image, '')
  truncateSync(image, bytes)
  run('mkfs.ext4', '-q', image)
  const put = () => mount('-o', 'loop,errors=remount-ro', image, dir)
  put()
  return {
    ...mounted(dir),
    fail() {
      const device = basename(run('findmnt', '-no', 'SOURCE', dir))
      writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, 'as asked by a test')
    },
    unmount: () => void run('umount', '--lazy', dir),
    mend() {
      run('sh', '-c', 'e2fsck -p "$0" || [ $? = 1 ]', image) // 1: mended
      put()
    },
  }
}

function mount(...args: readonly string[]): void {
  if (process.getuid?.() !== 0) {
    throw new Error('npm run test:faults mounts small and broken volumes: run it as root')
  }
  run('mount', ...args)
}

function mounted(dir: string): Mount {
  // Lazily: whoever still has a file open there, after a test that has failed, must not keep the rest from going.
  return { dir, [Symbol.dispose]: () => void run('umount', '--lazy', dir) }
}

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' }).trim()
}
