import { closeSync, openSync, readSync } from 'node:fs'
import { pathFault, quotesFault } from './path.ts'
import type { About, Setting } from './setting.ts'
import { parsed, ReadError } from './setting.ts'

/**
 * A secret comes as NAME or NAME_FILE and is never printed. `read` narrows it; its errors are not shown, so `refusal`
 * completes "NAME" as a sentence.
 */
export function secret<T = string, D = never>(
  about: About<D> & { expected: string; refusal: string; read: (text: string) => T },
): Setting<T | D> {
  return parsed({
    ...about,
    secret: true,
    read: text => {
      const fault = secretFault(text)
      if (fault !== null) throw new ReadError(fault)
      try {
        return about.read(text)
      } catch (cause) {
        throw new ReadError(about.refusal, { cause })
      }
    },
    show: () => '(redacted)',
  })
}

export type SecretFile = { text: string; fault?: undefined } | { text?: undefined; fault: string }

/**
 * Reads the secret in a file (0: standard input), without the line end that editors add. `fault` says what is wrong
 * and completes "SECRET_FILE=… "; it holds neither the secret nor the path, which may be the secret in the wrong place.
 */
export function readSecretFile(path: string | 0): SecretFile {
  const badPath = path === 0 ? null : pathFault(path)
  if (badPath !== null) return { fault: badPath }
  try {
    const bytes = readAtMost(path, MAX_FILE_BYTES + 1)
    return bytes.length > MAX_FILE_BYTES ? { fault: 'is too large for a secret.' } : parseSecretFile(bytes)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    return { fault: faults[code] ?? `cannot be read (${code}).` }
  }
}

const faults: Record<string, string> = {
  ENOENT: 'does not exist.',
  ENOTDIR: 'does not exist.',
  EISDIR: 'is a directory. Docker makes one if the file to be mounted is missing on the host.',
  EACCES: `cannot be read by uid ${process.getuid?.()}. Give the file that owner, or mode 0444 if nobody else uses the machine.`,
}

const MAX_FILE_BYTES = 64 * 1024

/** A device such as /dev/zero never ends. */
function readAtMost(path: string | 0, limit: number): Buffer {
  const file = path === 0 ? 0 : openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(limit)
    let length = 0
    for (let read = -1; read !== 0 && length < limit; length += read) {
      read = readSync(file, buffer, length, limit - length, null)
    }
    return buffer.subarray(0, length)
  } finally {
    if (file !== 0) closeSync(file)
  }
}

function parseSecretFile(bytes: Buffer): SecretFile {
  if (isUtf16(bytes)) return { fault: 'is UTF-16 text. Save it as UTF-8 without a byte order mark.' }
  let content: string
  try {
    content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { fault: 'is not UTF-8 text.' }
  }
  const text = content.replace(/\r?\n$/, '')
  if (text === '') return { fault: 'is empty.' }
  const fault = secretFault(text)
  return fault === null ? { text } : { fault }
}

/** By its byte order mark, or by the zero in each character of ASCII. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  return bytes.length >= 4 && bytes.length % 2 === 0 && isEveryOther(bytes, 0)
}

function isEveryOther(bytes: Buffer, value: number): boolean {
  const holds = (from: number) => bytes.every((byte, i) => (i % 2 === from) === (byte === value))
  return holds(0) || holds(1)
}

/** What got into a secret on its way here, or null: each of these would only show as a wrong signature later. */
export function secretFault(text: string): string | null {
  return accidents.find(({ pattern }) => pattern.test(text))?.fault ?? null
}

const accidents: readonly { pattern: RegExp; fault: string }[] = [
  { pattern: /^\uFEFF/, fault: 'begins with a byte order mark (BOM). Save it as UTF-8 without one.' },
  { pattern: /\0/, fault: 'contains a NUL character. Copy the secret again.' },
  {
    pattern: /^\s*(export\s+)?\w*SECRET\w*\s*=/i,
    fault: 'contains "SECRET=". Leave only the secret itself.',
  },
  { pattern: /^\s*\n|\n\s*$/, fault: 'contains a blank line. Leave only the line with the secret.' },
  { pattern: /\n/, fault: 'has more than one line. Leave only the line with the secret.' },
  { pattern: /\r/, fault: 'contains a carriage return (CR), the line end of Windows. Remove it.' },
  { pattern: /^["']|["']$/, fault: quotesFault },
  { pattern: /^\s|\s$/, fault: 'begins or ends with white space. Remove it.' },
  // Lone surrogates are among \p{C}: they have no UTF-8 form.
  { pattern: /\p{C}/u, fault: 'contains a character that cannot be printed. Copy the secret again.' },
]
