import { spawnSync } from 'node:child_process'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'

/** The Chromium of the machine, or the one that CHROMIUM names. @throws if there is none */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  // Its sandbox needs rights that containers and CI machines do not give; the pages are our own.
  return chromium.launch({ executablePath: executable(), args: ['--no-sandbox', '--disable-gpu', ...args] })
}

function executable(): string {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' })
    if (status === 0) return stdout.trim()
  }
  throw new Error(
    'Chromium is missing. Run "apt-get install --no-install-recommends chromium" or set CHROMIUM.',
  )
}
