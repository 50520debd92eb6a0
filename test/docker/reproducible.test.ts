import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { docker } from '../fixtures/shell.ts'
import { buildImage, imageOf, inImage, programs } from './images.ts'
import { requireEngine } from './tools.ts'

before(requireEngine)

/** From docs/verify.md: mode and hash of every file that the image adds to its base. */
const listing =
  'find /app /usr/local/bin -type f -printf "%m %p " -exec sha256sum {} \\; ; find /app -type l -printf "%p %l\\n"'

for (const program of programs) {
  test(`two builds of the same ${program} sources have the same files`, async () => {
    await buildImage(program)
    const first = await inImage(imageOf(program), `{ ${listing}; } | sort`)

    const again = `${imageOf(program)}-again`
    await docker('build', '--quiet', '--no-cache', '-t', again, '-f', `Dockerfile.${program}`, '.')
    const second = await inImage(again, `{ ${listing}; } | sort`)
    await docker('image', 'rm', again)

    assert.ok(first.split('\n').length > 5)
    assert.equal(second, first)
  })
}
