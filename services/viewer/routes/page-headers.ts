import { contentSecurityPolicy } from '../render/page/document.ts'

/** The header fields that go with every page. */
export const pageHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Referrer-Policy': 'no-referrer',
} as const
