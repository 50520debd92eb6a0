/** A covered component: its identifier as serialised, quotation marks and parameters included, and its value. */
export type Component = readonly [identifier: string, value: string]

/** RFC 9421 §2.5: the text that is signed. */
export function signatureBase(components: readonly Component[], signatureParams: string): string {
  let base = ''
  for (const [identifier, value] of components) base += `${identifier}: ${value}\n`
  return `${base}"@signature-params": ${signatureParams}`
}
