import type { IncomingMessage } from 'node:http'
import { readBody } from '../report/read-body.ts'

/**
 * The parameters of the query, and of a form in the body of a POST.
 *
 * @throws an error with `status` 413 or 400 if the body is too large or ends early
 */
export async function readParameters(request: IncomingMessage, query: string): Promise<URLSearchParams> {
  const parameters = new URLSearchParams(query)
  const isForm = /^application\/x-www-form-urlencoded(?:;|$)/i.test(request.headers['content-type'] ?? '')
  if (request.method !== 'POST' || !isForm) return parameters
  const form = new URLSearchParams((await readBody(request)).toString('latin1'))
  for (const [name, value] of form) parameters.append(name, value)
  return parameters
}
