/** A form in which the viewer shows something; what `?format=` names. */
export type Representation = 'text' | 'json' | 'csv' | 'html'

export const mediaTypes = {
  text: 'text/plain',
  json: 'application/json',
  csv: 'text/csv',
  html: 'text/html',
} as const satisfies Record<Representation, string>
