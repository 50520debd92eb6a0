import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseObservedAddress } from '@ipupdater/protocol'
import type { Random } from '../../fixtures/random.ts'
import { sendRaw } from '../../fixtures/raw-http.ts'
import type { Device } from '../hostile/honest.ts'
import { honestRequest } from '../hostile/honest.ts'
import { bytesOf } from '../hostile/message.ts'

/** A device and the address of this machine that it reports from. */
export interface HonestDevice {
  readonly device: Device
  readonly from: string
}

/** Each at an address of its own, none of which `mixed-abuse.ts` uses. */
export function createHonestDevices(count: number): HonestDevice[] {
  return Array.from({ length: count }, (_, index) => ({
    device: { name: `device-${index}`, secret: `the secret of device ${index}` },
    from: `127.1.${index >> 7}.${1 + (index & 127)}`,
  }))
}

/** One whole report on new connections. Resolves to the milliseconds that each of its two answers took. */
export async function reportFrom(
  port: number,
  { device, from }: HonestDevice,
  random: Random,
): Promise<number[]> {
  const times: number[] = []
  const ask = async (path: '/ip' | '/update', body: string) => {
    const bytes = bytesOf(honestRequest(random, device, path, body))
    const began = performance.now()
    const { answers } = await sendRaw(port, bytes, { from, patienceMs: 20_000 })
    times.push(performance.now() - began)
    assert.equal(answers[0]?.status, 200, `${device.name}: ${answers[0]?.body}`)
    return String(answers[0].body)
  }
  const { address, timestamp } = parseObservedAddress(await ask('/ip', '{}'))
  await ask('/update', JSON.stringify({ address, timestamp }))
  return times
}

/**
 * Reports of the devices in turn. Each starts when it is due, whether the ones before have finished or not, so that a
 * slow server does not slow down its load. Resolves to all times.
 */
export async function reportInTurn(
  port: number,
  honestDevices: readonly HonestDevice[],
  random: Random,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<number[]> {
  const began = performance.now()
  const reports: Promise<number[]>[] = []
  for (let turn = 0; turn < perSecond * seconds; turn++) {
    const due = began + (turn * 1000) / perSecond
    if (due > performance.now()) await sleep(due - performance.now())
    reports.push(reportFrom(port, honestDevices[turn % honestDevices.length] as HonestDevice, random))
  }
  return (await Promise.all(reports)).flat()
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
