/** 12345.6 → '12,346' */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** 0.6123 → '0.61 ×' */
export function times(value: number): string {
  return `${value.toFixed(2)} ×`
}

/** 0.31 → '31 %' */
export function perCore(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}

export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`
}

/** 1 MB is 1,000,000 bytes, as in the targets. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
