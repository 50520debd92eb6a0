import type { DeviceName, Secret } from '@ipupdater/protocol'
import { ProtocolError, parseProof, parseSignedRequest, parseUpdate } from '@ipupdater/protocol'
import { ClientError } from '../errors.ts'
import type { AcceptedAddress } from './verify-entry.ts'
import { verifyEntry } from './verify-entry.ts'
import type { AddressEntry } from './viewer.ts'

/** How far an entry of the history can be trusted. */
export type Judgement =
  | { kind: 'verified'; by: 'current' | 'earlier'; report: AcceptedAddress }
  /** The viewer says that the device did not sign it. */
  | { kind: 'unsigned' }
  /** The proof says the same as the entry, but none of the secrets has signed it. */
  | { kind: 'other-secret' }
  /** The proof is of another device, says something else, or is broken. */
  | { kind: 'invalid'; reason: string }

export interface JudgeOptions {
  device: DeviceName
  secrets: readonly Secret[]
  /** Secrets that the device used before a rotation. */
  earlierSecrets: readonly Secret[]
}

export function judgeEntry(
  entry: AddressEntry,
  { device, secrets, earlierSecrets }: JudgeOptions,
): Judgement {
  if (!entry.isSigned) return { kind: 'unsigned' }
  try {
    return { kind: 'verified', by: 'current', report: verifyEntry(entry, { device, secrets }) }
  } catch (error) {
    if (!isOtherSecret(error)) return invalid(error)
  }
  for (const secret of earlierSecrets) {
    try {
      return { kind: 'verified', by: 'earlier', report: verifyEntry(entry, { device, secrets: [secret] }) }
    } catch (error) {
      if (!isOtherSecret(error)) return invalid(error)
    }
  }
  return saysTheSame(entry, device)
    ? { kind: 'other-secret' }
    : { kind: 'invalid', reason: 'the proof does not belong to this entry' }
}

function isOtherSecret(error: unknown): boolean {
  const { cause } = error as ClientError
  return cause instanceof ProtocolError && cause.code === 'not-authenticated'
}

function invalid(error: unknown): Judgement {
  if (!(error instanceof ClientError)) throw error
  return { kind: 'invalid', reason: error.detail ?? error.title }
}

/** What the proof says, whoever signed it. */
function saysTheSame({ proof, address, lastSeen }: AddressEntry, device: DeviceName): boolean {
  try {
    const { contentDigest, signatureInput, signature, body } = parseProof(JSON.stringify(proof))
    const headers = { 'content-digest': contentDigest, 'signature-input': signatureInput, signature }
    const request = parseSignedRequest(
      { method: 'POST', headers, body: Buffer.from(body) },
      'ipupdater-update',
    )
    const update = parseUpdate(body)
    return request.device === device && update.address === address && update.timestamp === lastSeen
  } catch (error) {
    if (error instanceof ProtocolError) return false
    throw error
  }
}
