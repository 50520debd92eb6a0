import { parseProblem, quote } from '@ipupdater/protocol'
import { ClientError, VIEWER } from '../errors.ts'
import type { Answer } from '../http.ts'

/** The error for an answer of a viewer, or of a server in its place, that is not 200. */
export function viewerRefusal({ status, headers, body }: Answer, url: URL): ClientError {
  const service = VIEWER
  const problem = parseProblem(body.toString())
  // A viewer has this path. The receiver, which has others, answers in the same form.
  if (problem?.code === 'not-found' || problem?.code === 'method-not-allowed') {
    return new ClientError('receiver-not-viewer', { service, detail: `it has no ${url.pathname}` })
  }
  if (problem !== null) {
    const detail = problem.detail === undefined ? {} : { detail: problem.detail }
    return new ClientError(problem.code, { service, ...detail })
  }
  const detail = `status ${status}`
  if (status === 401 || status === 403) {
    return new ClientError('login-required', { service, detail: loginDetail(detail, url) })
  }
  if (status >= 300 && status < 400) {
    const location = [headers.location].flat()[0]
    return new ClientError('redirected', {
      service,
      detail: location === undefined ? detail : `${detail} to ${quote(location)}`,
    })
  }
  if (status === 511) return new ClientError('captive-portal', { service, detail })
  return new ClientError(status === 429 || status >= 500 ? 'proxy-failed' : 'not-our-viewer', {
    service,
    detail,
  })
}

function loginDetail(detail: string, { username }: URL): string {
  return username === '' ? detail : `${detail}, user name and password are not accepted`
}
