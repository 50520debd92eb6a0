import assert from 'node:assert/strict'
import type { Address, ObservedAddress } from '@ipupdater/protocol'
import {
  EMPTY_BODY,
  encodeUpdate,
  parseAddress,
  parseDeviceName,
  parseObservedAddress,
  parseProblem,
  parseReceipt,
  parseSecret,
} from '@ipupdater/protocol'
import type { Environment, Volumes } from '../../fixtures/programs.ts'
import type { Random } from '../../fixtures/random.ts'
import { addDevices } from '../../fixtures/registry.ts'
import { secretOf } from '../../fixtures/stack.ts'
import type { Answer, SignedMessage, Signer, Wire } from './wire.ts'
import { sign } from './wire.ts'

/** A device that keeps a list of what it has sent and what was answered. */
export interface Reporter extends Signer {
  /** In the order in which they were signed. */
  readonly book: SentUpdate[]
  /** An address that it has not had yet. */
  newAddress(): Address
}

export interface SentUpdate extends ObservedAddress {
  readonly message: SignedMessage
  /**
   * `unanswered`: sent, and nothing heard of it. Of such a one a look at the database tells later whether it was
   * `recorded` there or is `absent`.
   */
  fate: 'unanswered' | 'acknowledged' | 'refused' | 'recorded' | 'absent'
}

/** What the receiver needs for reporters: a proxy that tells their addresses, and no limit for so few of them. */
export const trafficSettings: Environment = {
  TRUSTED_PROXIES: '127.0.0.0/8',
  RATE_LIMIT_PREFIX: '0',
  RATE_LIMIT_DEVICE: '0',
  LOG_LEVEL: 'info',
}

/** Registers them in the receiver's place, before it starts. */
export function createReporters(volumes: Volumes, count: number): Reporter[] {
  const reporters = Array.from({ length: count }, (_, index) => createReporter(index))
  addDevices(
    volumes,
    reporters.map(({ device, secret }) => ({ name: device, secret })),
  )
  return reporters
}

function createReporter(index: number): Reporter {
  const device = parseDeviceName(`device-${index}`)
  let addresses = 0
  return {
    device,
    secret: parseSecret(secretOf(device)),
    book: [],
    newAddress() {
      addresses += 1
      return parseAddress(`10.${index}.${addresses >> 8}.${addresses & 255}`)
    },
  }
}

/** What counts for it now, as far as it knows. */
export function latest({ book }: Reporter): SentUpdate | undefined {
  return book.findLast(isCounted)
}

export function isCounted({ fate }: SentUpdate): boolean {
  return fate === 'acknowledged' || fate === 'recorded'
}

/** One whole report from `address`. The refusal's code, or null: it was acknowledged. */
export async function report(reporter: Reporter, wire: Wire, address: Address): Promise<string | null> {
  const question = await wire.post(sign('ipupdater-ip', EMPTY_BODY, reporter), reporter, address)
  const refusal = refusalIn(question)
  if (refusal !== null) return refusal
  const sighting = parseObservedAddress(question.body.toString())
  assert.equal(sighting.address, address)
  const message = sign('ipupdater-update', encodeUpdate(sighting), reporter)
  const update: SentUpdate = { ...sighting, message, fate: 'unanswered' }
  reporter.book.push(update)
  return deliver(reporter, wire, update)
}

/** Sends an update, perhaps once more, and notes what is said of it. */
export async function deliver(reporter: Reporter, wire: Wire, update: SentUpdate): Promise<string | null> {
  if (update.fate === 'absent') update.fate = 'unanswered'
  const answer = await wire.post(update.message, reporter, update.address)
  const refusal = refusalIn(answer)
  if (refusal !== null) {
    if (!isCounted(update)) update.fate = 'refused'
    return refusal
  }
  const { address, lastSeen } = parseReceipt(answer.body.toString())
  assert.deepEqual({ address, lastSeen }, { address: update.address, lastSeen: update.timestamp })
  update.fate = 'acknowledged'
  return null
}

/** Mostly one that it has, or has just had: so tenures begin, go on, and flip. */
export function nextAddress(reporter: Reporter, random: Random): Address {
  const [current, before] = reporter.book.toReversed()
  const choice = random.below(8)
  if (current !== undefined && choice < 4) return current.address
  if (before !== undefined && choice === 4) return before.address
  return reporter.newAddress()
}

function refusalIn({ status, headers, body }: Answer): string | null {
  if (status === 200) return null
  const problem = parseProblem(body.toString())
  assert.ok(problem !== null && problem.status === status, `${status} ${body}`)
  if (status === 503) assert.match(headers['retry-after'] ?? '', /^\d+$/)
  return problem.code
}
