export type { Address, Family } from './address.ts'
export { familyName, familyOf, parseAddress } from './address.ts'
export { signAnswer, verifyAnswer } from './answer.ts'
export type { Receipt, Sighting, Update } from './bodies.ts'
export {
  EMPTY_BODY,
  encodeReceipt,
  encodeSighting,
  encodeUpdate,
  MAX_INTERVAL_SECONDS,
  parseEmptyBody,
  parseReceipt,
  parseSighting,
  parseUpdate,
} from './bodies.ts'
export type { DeviceName } from './device-name.ts'
export { parseDeviceName } from './device-name.ts'
export type { FieldLines } from './field-lines.ts'
export type { Problem, ProblemCode, ProblemMember, ProblemType } from './problems.ts'
export { encodeProblem, isProblemCode, isTemporary, PROBLEMS, parseProblem } from './problems.ts'
export type { Proof, ProvenUpdate } from './proof.ts'
export { encodeProof, parseProof, verifyProof } from './proof.ts'
export type { ProtocolErrorCode } from './protocol-error.ts'
export { ProtocolError, quote } from './protocol-error.ts'
export type { RequestSigner, SignedRequest, Tag } from './request.ts'
export { MAX_SECRETS, parseSignedRequest, signRequest, verifySignature } from './request.ts'
export type { Secret } from './secret.ts'
export { generateSecret, parseSecret } from './secret.ts'
export type { SpecialPurpose } from './special-purpose.ts'
export { specialPurpose } from './special-purpose.ts'
