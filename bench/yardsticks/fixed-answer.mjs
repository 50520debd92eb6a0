/**
 * Not a yardstick of ours but of the generator: answers the same bytes to every chunk that arrives and looks at
 * none of them. No HTTP server can be faster, so what the generator reaches here is the generator's own limit.
 */
import { createServer } from 'node:net'

const body = '{"result":"refreshed","address":"127.0.0.1","firstSeen":1763827200123,"lastSeen":1763827200123}'
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
)

createServer({ noDelay: true }, socket => {
  socket.on('data', () => socket.write(answer))
  socket.on('error', () => socket.destroy())
}).listen(Number(process.env.PORT), '127.0.0.1')
