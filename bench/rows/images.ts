import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { megabytes } from '../format.ts'
import { root } from '../program.ts'
import type { Measurement, Row } from '../row.ts'
import { atMost } from '../row.ts'

/** What the images add to their base. Needs Docker, and the base image or network. */
export const images: Row = {
  name: 'images',
  async measure() {
    return [await sizeOver('client', 6), await sizeOver('server', 25)]
  },
}

async function sizeOver(name: 'client' | 'server', limit: number): Promise<Measurement> {
  const measurement = { what: `image size over its base: ${name}`, target: atMost(limit, 'MB') }
  try {
    const tag = `ipupdater-${name}:bench`
    await docker('build', '--quiet', '--tag', tag, '--file', `Dockerfile.${name}`, '.')
    const [whole, base] = await Promise.all([bytesOf(tag), bytesOf(BASE)])
    return {
      ...measurement,
      ours: megabytes(whole - base),
      yardstick: `${BASE}: ${megabytes(base)}`,
      value: { median: (whole - base) / 1e6 },
      notes: [],
    }
  } catch (error) {
    const reason =
      String((error as { stderr?: string }).stderr || error)
        .trim()
        .split('\n')
        .at(-1) ?? ''
    return {
      ...measurement,
      ours: '—',
      yardstick: BASE,
      value: null,
      notes: [`Not measured: no image could be built: ${reason}`],
    }
  }
}

async function bytesOf(image: string): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', image))
}

async function docker(...args: string[]): Promise<string> {
  return (await promisify(execFile)('docker', args, { cwd: root })).stdout
}

const BASE = 'node:24-bookworm-slim'
