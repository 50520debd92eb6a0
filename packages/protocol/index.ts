export type { Address, Family } from './address.ts'
export { familyName, familyOf, parseAddress } from './address.ts'
export { signAnswer, verifyAnswer } from './answer.ts'
export type { ObservedAddress, Receipt, Update } from './bodies.ts'
export {
  EMPTY_BODY,
  encodeObservedAddress,
  encodeReceipt,
  encodeUpdate,
  MAX_INTERVAL_SECONDS,
  parseEmptyBody,
  parseObservedAddress,
  parseReceipt,
  parseUpdate,
} from './bodies.ts'
export type { DeviceName, Secret } from './device.ts'
export { generateSecret, parseDeviceName, parseSecret } from './device.ts'
export type { ProtocolErrorCode } from './error.ts'
export { ProtocolError, quote } from './error.ts'
export type { Problem, ProblemCode, ProblemMember, ProblemType } from './problems.ts'
export { encodeProblem, isProblemCode, isTemporary, PROBLEMS, parseProblem } from './problems.ts'
export type { Proof, ProvenUpdate } from './proof.ts'
export { encodeProof, parseProof, verifyProof } from './proof.ts'
export type { RequestSigner, SignedRequest, Tag } from './request.ts'
export { MAX_SECRETS, parseSignedRequest, signRequest, verifySignature } from './request.ts'
export type { FieldLines } from './signature.ts'
export type { SpecialPurpose } from './special-purpose.ts'
export { specialPurpose } from './special-purpose.ts'
