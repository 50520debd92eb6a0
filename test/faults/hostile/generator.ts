import type { Random } from '../../fixtures/random.ts'
import type { EditName } from './edits.ts'
import { EDIT_NAMES, EDITS } from './edits.ts'
import type { Device } from './honest.ts'
import { signed, signedAnswer, signedAsWanted } from './honest.ts'
import type { Answer, Request } from './message.ts'
import { answersTheSame, deviceOf, isAnswerOfTheProtocol, isOfTheProtocol, saysTheSame } from './oracle.ts'

/** What an attacker has heard, and what he knows. */
export interface Scene {
  /** Requests that the receiver would accept as they are. */
  readonly requests: readonly { readonly request: Request; readonly device: Device }[]
  readonly answers: readonly Answer[]
}

/** A message made out of an honest one, and what must come of it. */
export interface Mutant<M> {
  readonly message: M
  readonly edits: readonly EditName[]
  /**
   * `stranger`: by somebody who does not know the secret. `device`, `server`: its own signature holds for whatever
   * the message has become, so that nothing but the rules of the protocol stands in the way.
   */
  readonly by: 'stranger' | 'device' | 'server'
  /** `same`: it says nothing else than an honest one. `valid`: it says something else, in its maker's own name. */
  readonly is: 'hostile' | 'same' | 'valid'
}

export function mutateRequest(random: Random, { requests, answers }: Scene): Mutant<Request> {
  const { request, device } = random.pick(requests)
  const others = [...requests.map(each => each.request), ...answers]
  const { message, edits } = edited(random, request, others)
  const aimed = random.oneIn(10) ? { ...message, path: otherPath(message.path) } : message
  if (random.oneIn(3)) {
    const own = random.pick([signed, signedAsWanted])(aimed, device.secret)
    return { message: own, edits, by: 'device', is: isValid(own, device) ? 'valid' : 'hostile' }
  }
  const sent = random.oneIn(4) ? signed(aimed, random.pick(GUESSES)) : aimed
  const isSame = requests.some(each => each.request.path === sent.path && saysTheSame(sent, each.request))
  return { message: sent, edits, by: 'stranger', is: isSame ? 'same' : 'hostile' }
}

/** An answer, changed on its way to the device that asked. */
export function mutateAnswer(
  random: Random,
  { answer, request, device }: Answered,
  { requests, answers }: Scene,
): Mutant<Answer> {
  const others = [...requests.map(each => each.request), ...answers]
  const { message, edits } = edited(random, answer, others)
  const status = random.oneIn(10) ? random.pick([100, 200, 201, 204, 401, 409, 500]) : message.status
  const sent = { ...message, status }
  if (random.oneIn(3)) {
    const own = signedAnswer(sent, request, device.secret)
    return {
      message: own,
      edits,
      by: 'server',
      is: isAnswerOfTheProtocol(own, request) ? 'valid' : 'hostile',
    }
  }
  return { message: sent, edits, by: 'stranger', is: answersTheSame(sent, answer) ? 'same' : 'hostile' }
}

/** One exchange. */
export interface Answered {
  readonly request: Request
  readonly answer: Answer
  readonly device: Device
}

type Messages = Parameters<(typeof EDITS)['mixed with another']>[2]

/** Mostly once: what is wrong in two ways may be refused for either. */
function edited<M extends Request | Answer>(random: Random, message: M, others: Messages) {
  const edits = [random.pick(EDIT_NAMES)]
  while (random.oneIn(4)) edits.push(random.pick(EDIT_NAMES))
  let result = message
  for (const name of edits) result = EDITS[name](random, result, others)
  return { message: result, edits }
}

function isValid(request: Request, device: Device): boolean {
  return isOfTheProtocol(request) && deviceOf(request) === device.name
}

function otherPath(path: string): Request['path'] {
  return path === '/ip' ? '/update' : '/ip'
}

/** What somebody might try who has read the source. */
const GUESSES = [
  '',
  ' ',
  'secret',
  'password',
  'no device has this secret',
  'home',
  'undefined',
  'null',
  '(redacted)',
]
