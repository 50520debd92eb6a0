import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { allSecrets, parseSecrets, readSecret, secretsOf, withSecretFiles } from './secrets.ts'

const [first, second] = ['the first secret of the test', 'another secret of the test'].map(text =>
  text.replaceAll(',', ''),
)
const dir = temporaryDirectory()

function file(name: string, content: string): string {
  const path = join(dir, name)
  writeFileSync(path, content)
  return path
}

test('without SECRET_FILE the environment stays as it is', () => {
  const env = { DEVICE: 'cabin', SECRET: first }
  assert.equal(withSecretFiles(env), env)
})

test('{device} in SECRET_FILE stands for the device, "home" without one', () => {
  assert.deepEqual(withSecretFiles({ SECRET_FILE: ' /run/{device}-{device} ', DEVICE: 'cabin' }), {
    SECRET_FILE: '/run/cabin-cabin',
    DEVICE: 'cabin',
  })
  assert.deepEqual(withSecretFiles({ SECRET_FILE: '/run/{device}' }), { SECRET_FILE: '/run/home' })
})

test('several files become a list of secrets, and nothing else of the environment changes', () => {
  const SECRET_FILE = `${file('a', `${first}\n`)}, ${file('b', `${second}\n`)}`
  const read = withSecretFiles({ SECRET_FILE, TZ: 'UTC' })
  assert.deepEqual(Object.keys(read).sort(), ['SECRET', 'TZ'])
  assert.deepEqual(parseSecrets(read.SECRET ?? '').list, [first, second])
  assert.equal(withSecretFiles({ SECRET_FILE, DEVICE: 'cabin' }).DEVICE, 'cabin')
})

test('of several files, the one that cannot be read is left for the message', () => {
  const SECRET_FILE = `${file('a', first ?? '')},${join(dir, 'missing')}`
  assert.deepEqual(withSecretFiles({ SECRET_FILE }), { SECRET_FILE: join(dir, 'missing') })
})

test('several files and a SECRET are left for the message about both', () => {
  const env = { SECRET_FILE: '/a, /b', SECRET: first }
  assert.deepEqual(withSecretFiles(env), { SECRET_FILE: '/a,/b', SECRET: first })
})

const texts: [what: string, text: string, one: string | null, list: string[]][] = [
  ['a secret', `${first}`, `${first}`, []],
  ['two secrets', `${first},${second}`, `${first},${second}`, [`${first}`, `${second}`]],
  [
    'two secrets with spaces between',
    `${first} , ${second}`,
    `${first} , ${second}`,
    [`${first}`, `${second}`],
  ],
  ['a secret with a comma', `${first},short`, `${first},short`, []],
  ['two secrets of files', `${first}\u2028${second}`, null, [`${first}`, `${second}`]],
  ['secrets of files with commas', `${first},x\u2028${second}`, null, [`${first},x`, `${second}`]],
]

for (const [what, text, one, list] of texts) {
  test(`${what} can be read as ${one === null ? 'a list only' : `one secret and a list of ${list.length}`}`, () => {
    assert.deepEqual(parseSecrets(text), { one, list })
  })
}

for (const text of ['short', `${first}\u2028short`]) {
  test(`neither a secret nor a list is refused: ${text.length} characters`, () => {
    assert.throws(() => parseSecrets(text))
  })
}

test('each server gets its secret: the only one, or its own of a list of the right length', () => {
  const one = parseSecrets(`${first}`)
  const both = parseSecrets(`${first},${second}`)
  const files = parseSecrets(`${first}\u2028${second}`)
  assert.deepEqual(secretsOf(one, 1), [first])
  assert.deepEqual(secretsOf(one, 3), [first, first, first])
  assert.deepEqual(secretsOf(both, 1), [`${first},${second}`])
  assert.deepEqual(secretsOf(both, 2), [first, second])
  assert.equal(secretsOf(both, 3), null)
  assert.equal(secretsOf(files, 1), null)
  assert.deepEqual(secretsOf(files, 2), [first, second])
  assert.equal(secretsOf(files, 3), null)
})

test('a reader tries every secret that the text may mean', () => {
  assert.deepEqual(allSecrets(null), [])
  assert.deepEqual(allSecrets(parseSecrets(`${first},${second}`)), [`${first},${second}`, first, second])
  assert.deepEqual(allSecrets(parseSecrets(`${first}\u2028${second}`)), [first, second])
})

test('a file holds a secret, or the fault is named', () => {
  assert.deepEqual(readSecret(file('good', `${first}\n`)), { secret: first })
  assert.deepEqual(readSecret(file('short', 'short')), { fault: 'is too short: use at least 16 characters.' })
  assert.deepEqual(readSecret(join(dir, 'missing')), { fault: 'does not exist.' })
})
