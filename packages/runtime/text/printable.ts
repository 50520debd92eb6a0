/**
 * Text as it may be written to a terminal or a log, the one function for it: control characters, invisible format characters and unpaired
 * surrogates become `\u` escapes, so that text from a server, a file or the environment cannot move the cursor,
 * change colours or reverse the line. Line feeds stay: our own messages have several lines. In JSON, the escapes
 * stand for the same characters.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeCharacter)
}

/** The same for a part of a message that came from outside: it also stays on its line. */
export function printableInLine(text: string): string {
  return printable(text).replaceAll('\n', '\\u000a')
}

// Cc, Cf, Cs, Co and Cn of Unicode, and the two separators that end a line.
const UNPRINTABLE = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu

function escapeCharacter(character: string): string {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map(unit => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')
}
