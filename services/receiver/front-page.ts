import type { Middleware } from 'koa'

const sentence = "This is the receiver. The page is the viewer's, port 8081."

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Receiver · ipupdater</title>
<link rel="icon" href="data:,">
</head>
<body>
<p>${sentence}</p>
</body>
</html>
`

/** Answers a browser, which has nothing to do here, on every path; and anyone else who asks for `/`. */
export const frontPage: Middleware = (ctx, next) => {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next()
  const isBrowser = ctx.accepts('text', 'html') === 'html'
  if (!isBrowser && ctx.path !== '/') return next()
  ctx.status = ctx.path === '/' ? 200 : 404
  ctx.vary('Accept')
  ctx.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'X-Robots-Tag': 'noindex',
  })
  ctx.type = isBrowser ? 'html' : 'text'
  ctx.body = isBrowser ? page : `${sentence}\n`
  return undefined
}
