import { parseProblem } from '@ipupdater/protocol'
import { answerProblem } from '@ipupdater/web'
import type { Context, Middleware } from 'koa'
import { problemPage } from '../render/page-problem.ts'
import type { Representation } from '../render/representation.ts'
import { problemText } from '../render/text.ts'
import { representationOf } from './negotiate.ts'
import { pageHeaders } from './page-headers.ts'
import { refusalOf } from './refusals.ts'
import { rootFrom } from './root-from.ts'

/** Refusals in the form that was asked for: a sentence for a terminal, a page for a browser, else a problem as JSON. */
export const showProblems: Middleware = async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    // Its body is the problem with all that is told of it; the other forms are made from it.
    const problem = parseProblem(answerProblem(ctx, refusalOf(error)))
    const representation = askedFor(ctx)
    if (problem === null || representation === 'json') return
    ctx.vary('Accept, User-Agent')
    if (representation === 'html') {
      ctx.set(pageHeaders)
      ctx.set('Content-Type', 'text/html; charset=utf-8')
      ctx.body = problemPage(problem, rootFrom(ctx.path))
    } else {
      ctx.set('Content-Type', 'text/plain; charset=utf-8')
      ctx.body = problemText(problem)
    }
  }
}

function askedFor(ctx: Context): Representation {
  try {
    return representationOf(ctx, ['text', 'json', 'html', 'csv'])
  } catch {
    return 'json' // neither a form nor a type that we know
  }
}
