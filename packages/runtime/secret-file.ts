import { readFileSync } from 'node:fs'

/**
 * The secret in a file (0: standard input), without the line end that editors add, or what is wrong with it, to
 * follow "SECRET_FILE=… ".
 */
export function readSecretFile(
  path: string | 0,
): { text: string; fault?: undefined } | { text?: undefined; fault: string } {
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
    return text === '' ? { fault: 'is empty' } : { text }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // Not the message: it names the path, which may be the secret itself, put in the wrong place.
    return { fault: faults[code] ?? `cannot be read (${code})` }
  }
}

const faults: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a directory; Docker makes one where the file to be mounted is missing on the host',
  EACCES: `may not be read by uid ${process.getuid?.()}; give it that owner, or mode 0444 on a machine of your own`,
}
