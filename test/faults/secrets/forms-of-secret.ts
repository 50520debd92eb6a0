/** What a secret looks like in print: as it is, and in whatever a program might have made of it. */
export function formsOf(secret: string): string[] {
  const utf8 = Buffer.from(secret)
  const forms = [
    ...piecesOf(secret),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    asciiJson(secret),
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
    secret.replaceAll("'", "'\\''"),
    encodeURI(secret),
    encodeURIComponent(secret),
    String(new URLSearchParams({ '': secret })).slice(1),
    utf8.toString('hex'),
    utf8.toString('latin1'),
    // As util.inspect prints a buffer.
    (utf8.toString('hex').match(/../g) ?? []).join(' '),
    ...base64Forms(utf8),
  ]
  return [...new Set(forms)]
}

/** Ten characters of it are more than chance puts into a line: so a secret that was cut, or wrapped, is found too. */
function piecesOf(secret: string): string[] {
  const characters = [...secret]
  return characters.slice(0, -PIECE + 1).map((_, at) => characters.slice(at, at + PIECE).join(''))
}

const PIECE = 10

function asciiJson(secret: string): string {
  return JSON.stringify(secret)
    .slice(1, -1)
    .replace(/[^ -~]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Wherever it stands within what was encoded: in each of the three alignments, without the ends that others share. */
function base64Forms(utf8: Buffer): string[] {
  const aligned = [0, 1, 2].map(offset => {
    const text = Buffer.concat([Buffer.alloc(offset), utf8])
      .toString('base64')
      .replace(/=+$/, '')
    return text.slice(offset === 0 ? 0 : offset + 1, -1)
  })
  return aligned.flatMap(text => [text, text.replaceAll('+', '-').replaceAll('/', '_')])
}

/** Where one of the secrets stands in a text, in any form; null: nowhere. Letters are compared without their case. */
export function findSecret(text: string, secrets: readonly string[]): string | null {
  const searched = text.toLowerCase()
  for (const secret of secrets) {
    for (const form of formsOf(secret)) {
      const at = searched.indexOf(form.toLowerCase())
      if (at >= 0) return text.slice(Math.max(0, at - 100), at + form.length + 100)
    }
  }
  return null
}
