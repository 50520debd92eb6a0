/** One line of the doctor's report. Only `wrong` makes the command fail; a `note` may be intended. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'wrong'
  readonly subject: string
  readonly text: string
  /** What to do, as a command if there is one; null if the text says it. */
  readonly cure: string | null
}

export function ok(subject: string, text: string): Finding {
  return { level: 'ok', subject, text, cure: null }
}

export function note(subject: string, text: string, cure: string): Finding {
  return { level: 'note', subject, text, cure }
}

export function wrong(subject: string, text: string, cure: string | null): Finding {
  return { level: 'wrong', subject, text, cure }
}
