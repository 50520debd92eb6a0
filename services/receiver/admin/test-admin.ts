import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { parseAddress, parseDeviceName } from '@ipupdater/protocol'
import type { AcceptedUpdate } from '@ipupdater/storage'
import { openStore } from '@ipupdater/storage'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly errors: string
}

export interface AdminPlace {
  readonly dir: string
  readonly dataDir: string
  readonly keysDir: string
  readonly env: Readonly<Record<string, string>>
  /** Runs the real `ipupdater-admin` as a process of its own. */
  admin(
    args: readonly string[],
    o?: { env?: Record<string, string>; input?: string; uid?: number },
  ): Promise<Ran>
  /** Writes updates as the receiver would have. */
  commit(...updates: Partial<Update>[]): Promise<void>
}

/** For tests: a server's two volumes, empty. */
export function adminPlace(t: TestContext): AdminPlace {
  const dir = mkdtempSync(join(tmpdir(), 'admin-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const [dataDir, keysDir] = [join(dir, 'data'), join(dir, 'keys')]
  const env = { DATA_DIR: dataDir, KEYS_DIR: keysDir, TZ: 'UTC' }
  return {
    dir,
    dataDir,
    keysDir,
    env,
    admin: (args, o = {}) => run(args, { ...env, ...o.env }, o.input ?? '', o.uid),
    async commit(...updates) {
      await using store = await openStore({ dir: dataDir })
      for (const update of updates) await store.commit(acceptedUpdate(update))
    },
  }
}

interface Update extends Omit<AcceptedUpdate, 'device' | 'address' | 'proof'> {
  device: string
  address: string
}

function acceptedUpdate(update: Partial<Update>): AcceptedUpdate {
  const { device = 'home', address = '203.0.113.7', ...others } = update
  return {
    timestamp: Date.now(),
    interval: 300,
    skewMs: 0,
    secretAdded: 0,
    ...others,
    device: parseDeviceName(device),
    address: parseAddress(address),
    proof: { contentDigest: '', signatureInput: '', signature: '', body: '' },
  }
}

async function run(
  args: readonly string[],
  env: Record<string, string>,
  input: string,
  uid?: number,
): Promise<Ran> {
  const program = join(import.meta.dirname, '..', 'admin.ts')
  const child = spawn(process.execPath, [program, ...args], {
    env,
    ...(uid !== undefined && { uid, gid: uid }),
  })
  let [out, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, out, errors }
}
