import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { chownAdvice, ensureVolumes, ownedBy, runningAs, StartError } from '@ipupdater/runtime'
import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'

/** A year of a hundred devices needs less. */
const leastFreeBytes = 64 * 1024 * 1024

/** Does it exist, may we write, and is there space? */
export function lookAtVolume(subject: string, dir: string, variable: string): Finding[] {
  if (!existsSync(dir)) {
    const cure = `mount a volume there, or make it: install -d -m 700 ${dir}`
    return [wrong(subject, `${variable}=${dir} does not exist.`, cure)]
  }
  try {
    ensureVolumes([{ dir, variable }])
    return [ownership(subject, dir), space(subject, dir)]
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return [wrong(subject, error.message, error.cure)]
  }
}

/** Only the receiver may read the secrets. */
export function lookAtSecrets(file: string): Finding[] {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0
  if ((mode & 0o077) === 0) return []
  return [wrong('secrets', `${file} can be read by others on this machine.`, `chmod 600 ${file}`)]
}

function ownership(subject: string, dir: string): Finding {
  const foreign = readdirSync(dir)
    .map(name => join(dir, name))
    .find(path => !isUsable(path))
  if (foreign === undefined)
    return ok(subject, `${dir} and all in it can be written by this user (${runningAs()})`)
  return wrong(
    subject,
    `${foreign} ${ownedBy(foreign)}, but the receiver runs as ${runningAs()}.`,
    chownAdvice([dir]),
  )
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

function space(subject: string, dir: string): Finding {
  const { bavail, bsize, files, ffree } = statfsSync(dir)
  const freeBytes = bavail * bsize
  const free = `${dir} has ${sizeText(freeBytes)} free`
  if (freeBytes < leastFreeBytes) {
    return wrong(
      subject,
      `${free}.`,
      'free some, for example old images: docker system df; docker image prune',
    )
  }
  if (files > 0 && ffree === 0) return wrong(subject, `${dir} takes no more files.`, 'remove some: df -i')
  return ok(subject, free)
}

function sizeText(bytes: number): string {
  const gibibytes = bytes / 2 ** 30
  return gibibytes >= 1 ? `${gibibytes.toFixed(1)} GB` : `${Math.floor(bytes / 2 ** 20)} MB`
}
