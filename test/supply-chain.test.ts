import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly link?: boolean
}
const lock: { packages: Record<string, Locked> } = JSON.parse(read('package-lock.json'))
const { allowScripts }: { allowScripts: Record<string, boolean> } = JSON.parse(read('package.json'))
const installed = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'))
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '')

test('allowScripts has exactly the packages with an install script', () => {
  const withScript = installed.filter(([, locked]) => locked.hasInstallScript).map(([path]) => nameOf(path))
  assert.deepEqual(Object.keys(allowScripts).sort(), [...new Set(withScript)].sort())
})

test('every downloaded package has a SHA-512 in the lock file', () => {
  const downloaded = installed.filter(([, locked]) => !locked.link)
  assert.ok(downloaded.length > 100)
  for (const [path, { integrity }] of downloaded) assert.match(integrity ?? '', /^sha512-/, path)
})

test('docs/verify.md explains every install script', () => {
  const page = read('docs/verify.md')
  for (const name of Object.keys(allowScripts)) assert.ok(page.includes(`| \`${name}\` |`), name)
})

test('images install from the lock file, and run only allowed install scripts', () => {
  for (const file of ['Dockerfile.server', 'Dockerfile.client']) {
    const dockerfile = read(file)
    assert.doesNotMatch(dockerfile, /npm (?:install|i|add)\b/, file)
    assert.match(dockerfile, /npm ci [^\n]*--strict-allow-scripts/, file)
  }
})

test('every action of a workflow is pinned to a commit', () => {
  const workflows = globSync('.github/workflows/*.yml', { cwd: root })
  const uses = workflows.flatMap(file => read(file).match(/uses: .*/g) ?? [])
  assert.ok(uses.length > 5)
  for (const line of uses.filter(line => !line.startsWith('uses: ./.github/workflows/'))) {
    assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  }
})
