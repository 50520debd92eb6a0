/** Every format of the viewer. The name is what `?format=` takes, the label what a page calls it. */
export const FORMATS = {
  text: { mediaType: 'text/plain', contentType: 'text/plain; charset=utf-8', label: 'text' },
  // UTF-8 by definition (RFC 8259 §8.1).
  json: { mediaType: 'application/json', contentType: 'application/json', label: 'JSON' },
  csv: { mediaType: 'text/csv', contentType: 'text/csv; charset=utf-8; header=present', label: 'CSV' },
  atom: {
    mediaType: 'application/atom+xml',
    contentType: 'application/atom+xml; charset=utf-8',
    label: 'Atom',
  },
  html: { mediaType: 'text/html', contentType: 'text/html; charset=utf-8', label: 'page' },
} as const satisfies Record<string, FormatType>

export interface FormatType {
  readonly mediaType: string
  readonly contentType: string
  readonly label: string
}

export type Format = keyof typeof FORMATS
