import { ProtocolError, parseProblem } from '@ipupdater/protocol'
import { answerProblem } from '@ipupdater/web'
import type { Context, Middleware } from 'koa'
import type { Format } from '../render/format.ts'
import { FORMATS } from '../render/format.ts'
import { pageHeaders } from '../render/frame/document.ts'
import { problemPage } from '../render/page/problem.ts'
import { problemText } from '../render/text.ts'
import { accepted, formatOf } from './negotiate.ts'
import { refusalOf } from './refusals.ts'
import { rootFrom } from './root-from.ts'

/** Answers an error in the requested format: a sentence for a terminal, a page for a browser, otherwise JSON. */
export const showProblems: Middleware = async (ctx, next) => {
  try {
    await next()
    if (ctx.status === 405) throw methodNotAllowed(ctx)
  } catch (error) {
    // Its body is the problem with everything that may be published; the other formats are made from it.
    const problem = parseProblem(answerProblem(ctx, refusalOf(error)))
    const format = formatOfProblem(ctx)
    if (problem === null || format === 'json') return
    ctx.vary('Accept, User-Agent')
    ctx.set('Content-Type', FORMATS[format].contentType)
    if (format === 'html') ctx.set(pageHeaders)
    const place = { root: rootFrom(ctx.path), page: ctx.url.slice(1) }
    ctx.body = format === 'html' ? problemPage(problem, place).markup : problemText(problem)
  }
}

/** The router leaves such a request with a status and the header field Allow. */
function methodNotAllowed(ctx: Context): ProtocolError {
  return new ProtocolError('method-not-allowed', `This path takes ${ctx.response.get('Allow')}.`)
}

const offered: readonly Format[] = ['text', 'json', 'html']

/** A wrong `?format=` must not decide in which format it is refused: then Accept does. */
function formatOfProblem(ctx: Context): Format {
  for (const choose of [formatOf, accepted]) {
    try {
      return choose(ctx, offered)
    } catch {}
  }
  return 'json'
}
