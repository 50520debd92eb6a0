import { existsSync, statSync } from 'node:fs'

/** Everything this project says about who owns a file, who the program is, and how to change the owner. */

/** `uid 1000 and gid 1000`: the user that this program runs as, by the ids that the kernel checks. */
export function runningAs(): string {
  return `uid ${process.geteuid?.()} and gid ${process.getegid?.()}`
}

/** `is owned by uid 0 and gid 0 (mode 0755)`; completes a path. */
export function ownedBy(path: string): string {
  try {
    const { uid, gid, mode } = statSync(path)
    return `is owned by uid ${uid} and gid ${gid} (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`
  } catch {
    return 'does not exist and cannot be created'
  }
}

/** What to do so that this program, whose Compose service has this name, can use the directories. */
export function chownAdvice(
  dirs: readonly string[],
  service = 'receiver',
  inContainer = isContainer(),
): string {
  const chown = `chown -R ${process.geteuid?.()}:${process.getegid?.()}`
  if (!inContainer)
    return `make this program the owner, then start it again:\n  sudo ${chown} ${dirs.join(' ')}`
  // The image drops all capabilities, so even root in it needs two of them back.
  const run =
    'docker compose run --rm --no-deps --user root --cap-add CHOWN --cap-add DAC_OVERRIDE --entrypoint chown'
  return [
    'make this program the owner, then start it again:',
    `  ${run} ${service} ${chown.slice('chown '.length)} ${dirs.join(' ')}`,
    `  docker compose restart ${service}`,
    `For a host directory mounted there: sudo ${chown} THE-DIRECTORY`,
  ].join('\n')
}

/** Does this process run in a container? Docker and Podman each leave a mark. */
export function isContainer(): boolean {
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv')
}
