import { createHash } from 'node:crypto'
import type { Middleware } from 'koa'
import { openapi } from '../openapi/openapi.ts'

const description = JSON.stringify(openapi, null, 2)
const tag = createHash('sha256').update(description).digest('base64url').slice(0, 22)

/** `/openapi.json`: the OpenAPI description of the JSON. */
export const describe: Middleware = ctx => {
  ctx.set('Cache-Control', 'no-cache')
  ctx.etag = `W/"${tag}"`
  ctx.type = 'application/json'
  ctx.body = description
  if (ctx.fresh) ctx.status = 304
}
