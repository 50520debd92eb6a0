import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { DeviceName, Proof } from '@ipupdater/protocol'
import { parseAddress, parseDeviceName } from '@ipupdater/protocol'
import type { AcceptedUpdate } from '../decide.ts'
import type { Reader } from '../reader.ts'
import { openReader } from '../reader.ts'
import type { Store, StoreOptions } from '../store.ts'
import { openStore } from '../store.ts'

/** A directory of the test's own, gone after it. */
export function temporaryDirectory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'ipupdater-'))
  t.after(() => {
    chmodSync(dir, 0o700) // a test may have locked itself out
    rmSync(dir, { recursive: true })
  })
  return dir
}

export async function storeIn(t: TestContext, dir: string, options?: Partial<StoreOptions>): Promise<Store> {
  const store = await openStore({ dir, ...options })
  t.after(() => store[Symbol.asyncDispose]())
  return store
}

export function readerOf(t: TestContext, dir: string, now?: () => number): Reader {
  const reader = openReader(now === undefined ? { dir } : { dir, now })
  t.after(() => reader[Symbol.asyncDispose]())
  return reader
}

export const home: DeviceName = parseDeviceName('home')

/** An update of `home` from 192.0.2.1, or as told; its proof is its own. */
export function update(
  timestamp: number,
  other: Partial<Omit<AcceptedUpdate, 'address' | 'device'>> & { address?: string; device?: string } = {},
): AcceptedUpdate {
  const { address = '192.0.2.1', device = 'home', ...rest } = other
  return {
    device: parseDeviceName(device),
    address: parseAddress(address),
    timestamp,
    interval: null,
    proof: proofOf(`${device} ${address} ${timestamp}`),
    skewMs: 0,
    secretAdded: 1,
    ...rest,
  }
}

export function proofOf(text: string): Proof {
  return { contentDigest: 'sha-256=:AAAA:', signatureInput: 'sig=("@method")', signature: text, body: '{}' }
}
