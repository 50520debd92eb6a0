/**
 * The yardstick: Koa with nothing on it. `node bare-koa.mjs FILE` listens on PORT; a POST is read whole, parsed,
 * and answered with JSON of a receipt's size, a GET of /bytes with FILE's bytes, any other GET with one address.
 */
import { readFileSync } from 'node:fs'
import Koa from 'koa'

const file = process.argv[2]
const bytes = file === undefined ? '' : readFileSync(file)
const app = new Koa()

app.use(async ctx => {
  if (ctx.method === 'POST') {
    const chunks = []
    for await (const chunk of ctx.req) chunks.push(chunk)
    const { address, timestamp } = JSON.parse(Buffer.concat(chunks).toString())
    ctx.body = { result: 'refreshed', address, firstSeen: timestamp, lastSeen: timestamp }
  } else if (ctx.path === '/bytes') {
    ctx.type = 'application/json'
    ctx.body = bytes
  } else {
    ctx.body = '203.0.113.7\n'
  }
})

app.listen(Number(process.env.PORT), '127.0.0.1')
