import type { Finding } from './finding.ts'
import { ok, wrong } from './finding.ts'

interface MetricsAddress {
  readonly host: string
  /** null: the receiver counts nothing */
  readonly port: number | null
}

/** Does the receiver run here, can it commit, and does it see the addresses of the devices? */
export async function lookAtReceiver(
  { host, port }: { readonly host: string | null; readonly port: number },
  metrics: MetricsAddress,
  isContainer: boolean,
): Promise<Finding[]> {
  const url = `http://${urlHost(host)}:${port}/readyz`
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    const body = (await answer.json()) as Record<string, unknown>
    return [readiness(answer.status, body, isContainer), ...(await maskedSources(metrics))]
  } catch (error) {
    const { cause = error } = error as Error
    return [
      wrong(
        'receiver',
        `does not answer at ${url}: ${cause instanceof Error ? cause.message : String(cause)}.`,
        isContainer
          ? 'start it: docker compose up -d receiver. Its log: docker compose logs receiver'
          : 'start it, and read its log.',
      ),
    ]
  }
}

function readiness(status: number, { code, detail }: Record<string, unknown>, isContainer: boolean): Finding {
  if (status === 200) return ok('receiver', 'is ready')
  const log = isContainer ? 'read its log: docker compose logs receiver' : 'read its log.'
  return wrong('receiver', `is not ready: ${String(detail ?? code)}.`, log)
}

/** The receiver's metrics count the refusals since its start. Without METRICS_PORT there are none. */
async function maskedSources({ host, port }: MetricsAddress): Promise<Finding[]> {
  if (port === null) return []
  const url = `http://${urlHost(host)}:${port}/metrics`
  const metrics = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    answer => answer.text(),
    () => '',
  )
  const count = Number(/^ipupdater_refusals_total\{code="source-masked"\} (\d+)$/m.exec(metrics)?.[1] ?? 0)
  if (count === 0) return [ok('sources', 'Docker has hidden no client since the receiver started')]
  return [
    wrong(
      'sources',
      `Docker has hidden ${count} clients behind its gateway since the receiver started; they were refused.`,
      'behind a reverse proxy set TRUSTED_PROXIES; a client on the server\'s own machine is always masked, so try from another one; if they come by IPv6, give the Compose network IPv6 (ENABLE_IPV6); otherwise see "Which address the server sees" in docs/deployment.md',
    ),
  ]
}

function urlHost(host: string | null): string {
  if (host === null || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
