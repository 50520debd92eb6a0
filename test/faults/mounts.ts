import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

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

/** An empty volume of so many bytes, in memory. */
export function mountSmall(dir: string, bytes: number): Mount & { resize(bytes: number): void } {
  mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'ipufaults', dir)
  return { ...mounted(dir), resize: size => mount('-o', `remount,size=${size}`, dir) }
}

export function mount(...args: readonly string[]): void {
  if (process.getuid?.() !== 0)
    throw new Error('npm run test:faults mounts small and broken volumes: run it as root')
  execFileSync('mount', args)
}

function mounted(dir: string): Mount {
  // Lazily: whoever still has a file open there, after a test that has failed, must not keep the rest from going.
  return { dir, [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', dir]) }
}
