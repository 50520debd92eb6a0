import { randomBytes } from 'node:crypto'
import type { DeviceName, Secret, SignedRequest, Tag } from '@ipupdater/protocol'
import {
  EMPTY_BODY,
  encodeUpdate,
  parseAddress,
  parseDeviceName,
  parseSecret,
  signRequest,
} from '@ipupdater/protocol'
import { deviceName, deviceSecret, routerName } from './job.ts'

/** A request's bytes, and what is needed to verify its answer. */
export interface Message {
  bytes: Buffer
  request: SignedRequest
  secret: Secret
}

export interface Signer {
  device: DeviceName
  secret: Secret
}

export function signerOf(number: number): Signer {
  return { device: parseDeviceName(deviceName(number)), secret: parseSecret(deviceSecret(number)) }
}

export function updateMessage(signer: Signer, timestamp: number): Message {
  return signedMessage(
    '/update',
    'ipupdater-update',
    encodeUpdate({ address: LOOPBACK, timestamp, interval: 300 }),
    signer,
  )
}

export function ipMessage(signer: Signer): Message {
  return signedMessage('/ip', 'ipupdater-ip', EMPTY_BODY, signer)
}

export function getMessage(path: string, accept: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: bench\r\nAccept: ${accept}\r\n\r\n`)
}

export function dynDns2Message(router: number, password: string): Buffer {
  const name = routerName(router)
  const login = Buffer.from(`${name}:${password}`).toString('base64')
  return Buffer.from(
    `GET /nic/update?hostname=${name} HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic ${login}\r\n\r\n`,
  )
}

function signedMessage(path: string, tag: Tag, body: string, { device, secret }: Signer): Message {
  const created = Math.floor(Date.now() / 1000)
  const nonce = randomBytes(16).toString('base64url')
  const { request, headers } = signRequest(tag, body, { device, secret, created, nonce })
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const bytes = Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n${lines.join('')}\r\n${body}`,
  )
  return { bytes, request, secret }
}

const LOOPBACK = parseAddress('127.0.0.1')
