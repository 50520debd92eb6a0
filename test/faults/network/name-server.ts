import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** What it answers for the server's name: an address, an error of RFC 1035 §4.1.1, or nothing at all. */
export type Word = { readonly address: string } | 'no-such-name' | 'server-failure' | 'silence'

/** The provider's name server, which knows one name. */
export interface NameServer extends AsyncDisposable {
  say(word: Word): void
}

export const SERVER_NAME = 'ddns.example.test'

export async function openNameServer(host: string, word: Word): Promise<NameServer> {
  let said = word
  const socket = createSocket('udp4', (query, { port, address }) => {
    const answer = answerTo(query, said)
    if (answer !== null) socket.send(answer, port, address)
  })
  socket.bind(53, host)
  await once(socket, 'listening')
  return {
    say: next => {
      said = next
    },
    async [Symbol.asyncDispose]() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** RFC 1035 §4.1. Asked for another type than A, such as AAAA, it knows the name and has nothing to say of it. */
function answerTo(query: Buffer, word: Word): Buffer | null {
  if (word === 'silence') return null
  const nameEnd = query.indexOf(0, HEADER_BYTES) + 1
  const question = query.subarray(HEADER_BYTES, nameEnd + 4)
  const isForAddress = query.readUInt16BE(nameEnd) === TYPE_A
  const record = typeof word === 'object' && isForAddress ? addressRecord(word.address) : Buffer.alloc(0)
  const header = Buffer.alloc(HEADER_BYTES)
  query.copy(header, 0, 0, 2) // its number
  header.writeUInt16BE(0x8580 | (typeof word === 'object' ? 0 : ERRORS[word]), 2) // an answer, with authority
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(record.length > 0 ? 1 : 0, 6)
  return Buffer.concat([header, question, record])
}

function addressRecord(address: string): Buffer {
  const pointerToName = [0xc0, HEADER_BYTES]
  const ttl = [0, 0, 0, 0]
  return Buffer.from([...pointerToName, 0, TYPE_A, 0, 1, ...ttl, 0, 4, ...address.split('.').map(Number)])
}

const HEADER_BYTES = 12
const TYPE_A = 1
const ERRORS = { 'server-failure': 2, 'no-such-name': 3 } as const
