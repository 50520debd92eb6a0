/**
 * `npm run screenshots`: the pictures of the README, of what `npm run demo` shows, in docs/pictures. It needs Chromium.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../test/fixtures/free-port.ts'
import { launchChromium } from './chromium.ts'

const root = join(import.meta.dirname, '..')

/** What the README shows. `scale`: device pixels in one CSS pixel. */
const pictures = [
  { name: 'desktop', path: '/', viewport: { width: 1040, height: 740 }, scale: 1.5 },
  { name: 'phone', path: '/getip/home', viewport: { width: 360, height: 720 }, scale: 1.5 },
]

const port = await freePort()
const url = `http://127.0.0.1:${port}`
const demo = spawn(process.execPath, [join(root, 'scripts/demo/main.ts')], {
  env: { ...process.env, VIEWER_PORT: String(port), TZ: 'Europe/Berlin' },
  stdio: ['ignore', 'ignore', 'inherit'],
})
try {
  await answers(`${url}/getip`)
  await using browser = await launchChromium()
  for (const { name, path, viewport, scale } of pictures) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({
        viewport,
        colorScheme,
        deviceScaleFactor: scale,
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
      })
      await page.goto(url + path)
      const file = join(root, 'docs/pictures', `${name}-${colorScheme}.png`)
      await page.screenshot({ path: file })
      process.stdout.write(`${file}\n`)
      await page.close()
    }
  }
} finally {
  demo.kill('SIGTERM')
  await once(demo, 'exit')
}

/** Resolves once the URL answers 200. @throws if the demo has ended */
async function answers(url: string): Promise<void> {
  while (!(await fetch(url).catch(() => null))?.ok) {
    if (demo.exitCode !== null) throw new Error('the demo did not start')
    await sleep(100)
  }
}
