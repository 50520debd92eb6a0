import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../fixtures/shell.ts'

/** Where the two programs are that this folder leans on; nothing else in the project knows of them. */
const tools = process.env.TEST_TOOLS ?? join(root, '../shared/tools')

const purpose = {
  'docker-engine': 'starts a Docker engine and makes the base image, where there is none',
  'home-network': 'makes a home behind a NAT router whose WAN address can be changed',
}
type Tool = keyof typeof purpose

/** A working engine of an age that the compose file needs, started first where that can be done. */
export async function requireEngine(): Promise<void> {
  if (has('docker-engine')) await run(join(tools, 'docker-engine'), [])
  const version = await run('docker', ['version', '--format', '{{.Server.Version}}']).catch(() => '')
  const lacks = [
    ...(version === '' ? [`a running Docker engine, or ${lack('docker-engine')}`] : []),
    ...(version !== '' && Number.parseInt(version, 10) < 25
      ? [`Docker 25 or later (this is ${version})`]
      : []),
    ...(await run('docker', ['compose', 'version']).then(
      () => [],
      () => ['Docker Compose v2'],
    )),
  ]
  if (lacks.length > 0) throw new Error(`npm run test:docker lacks:\n  ${lacks.join('\n  ')}`)
}

export async function homeNetwork(...args: readonly string[]): Promise<string> {
  if (!has('home-network')) throw new Error(`npm run test:docker lacks:\n  ${lack('home-network')}`)
  if (process.getuid?.() !== 0)
    throw new Error('npm run test:docker makes network namespaces: run it as root')
  return run(join(tools, 'home-network'), args)
}

function has(tool: Tool): boolean {
  try {
    accessSync(join(tools, tool), constants.X_OK)
    return true
  } catch {
    return false
  }
}

function lack(tool: Tool): string {
  return `the tool ${tool}, which ${purpose[tool]}, in ${tools} (or name its folder in TEST_TOOLS)`
}
