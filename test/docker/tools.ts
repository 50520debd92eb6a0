import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../fixtures/shell.ts'

/** The folder of the two programs that only these tests use. */
const tools = process.env.TEST_TOOLS ?? join(root, '../shared/tools')

const purpose = {
  'docker-engine': 'starts a Docker engine and makes the base image if there is none',
  'home-network': 'makes a home behind a NAT router with a changeable WAN address',
}
type Tool = keyof typeof purpose

/** Starts a Docker engine if it can, and checks its version. */
export async function requireEngine(): Promise<void> {
  if (has('docker-engine')) await run(join(tools, 'docker-engine'), [])
  const version = await run('docker', ['version', '--format', '{{.Server.Version}}']).catch(() => '')
  const missing = [
    ...(version === '' ? [`a running Docker engine, or ${describe('docker-engine')}`] : []),
    ...(version !== '' && Number.parseInt(version, 10) < 25
      ? [`Docker 25 or later (this is ${version})`]
      : []),
    ...(await run('docker', ['compose', 'version']).then(
      () => [],
      () => ['Docker Compose v2'],
    )),
  ]
  if (missing.length > 0) throw new Error(`npm run test:docker needs:\n  ${missing.join('\n  ')}`)
}

export async function homeNetwork(...args: readonly string[]): Promise<string> {
  if (!has('home-network')) throw new Error(`npm run test:docker needs:\n  ${describe('home-network')}`)
  if (process.getuid?.() !== 0)
    throw new Error('npm run test:docker makes network namespaces. Run it as root.')
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

function describe(tool: Tool): string {
  return `the tool ${tool}, which ${purpose[tool]}, in ${tools} (or set TEST_TOOLS to its folder)`
}
