import { contentSecurityPolicy } from '../render/page.ts'

/** What a browser is told beside a page. */
export const pageHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Referrer-Policy': 'no-referrer',
} as const
