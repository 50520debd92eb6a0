import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'

/** Does the receiver run here, can it do its work, and does it see where the devices are? */
export async function lookAtReceiver(host: string | null, port: number): Promise<Finding[]> {
  const url = `http://${urlHost(host)}:${port}/readyz`
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    const facts = (await answer.json()) as Record<string, unknown>
    return [readiness(answer.status, facts), ...masking(facts)]
  } catch (error) {
    const { cause = error } = error as Error
    return [
      wrong(
        'receiver',
        `does not answer at ${url}: ${cause instanceof Error ? cause.message : String(cause)}.`,
        'start it: docker compose up -d receiver; what it says: docker compose logs receiver',
      ),
    ]
  }
}

function readiness(status: number, facts: Record<string, unknown>): Finding {
  if (status === 200) return ok('receiver', 'is ready')
  return wrong(
    'receiver',
    `is not ready: ${String(facts.storage ?? facts.code)}.`,
    'what it says: docker compose logs receiver',
  )
}

/** Counted by the receiver since its start. */
function masking({ maskedSources }: Record<string, unknown>): Finding[] {
  if (typeof maskedSources !== 'number') return []
  if (maskedSources === 0) return [ok('sources', 'Docker has hidden no caller since the receiver started')]
  return [
    wrong(
      'sources',
      `Docker has hidden ${maskedSources} callers behind its gateway since the receiver started; they were refused.`,
      'behind a reverse proxy set TRUSTED_PROXIES; a client on the server\'s own machine is always masked, so try from another one; if they come by IPv6, give the Compose network IPv6 (ENABLE_IPV6); otherwise see "Which address the server sees" in docs/deployment.md',
    ),
  ]
}

function urlHost(host: string | null): string {
  if (host === null || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
