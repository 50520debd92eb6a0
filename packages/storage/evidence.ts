import type { Proof } from '@ipupdater/protocol'
import { encodeProof, parseProof } from '@ipupdater/protocol'
import type { Evidence } from './contract.ts'

/** What a reader shows of the evidence for an address. */
export interface ShownEvidence {
  /** The newest signed update, as it arrived; null: the device does not sign. */
  readonly proof: Proof | null
  /** The device named this address without being seen at it. Never so for a signed one. */
  readonly given: boolean
}

/** JSON text, as a row holds it: of a signed update all of it, of a password never anything. */
export function encodeEvidence(evidence: Evidence): string {
  if (evidence.kind === 'signed') return encodeProof(evidence.proof)
  return JSON.stringify({ password: true, given: evidence.given })
}

/** @throws ProtocolError `malformed` */
export function parseEvidence(text: string): ShownEvidence {
  if (!text.startsWith('{"password":')) return { proof: parseProof(text), given: false }
  const { given } = JSON.parse(text) as { given: unknown }
  return { proof: null, given: given === true }
}
