import { readFileSync } from 'node:fs'
import type { Finding } from '../audit/audit-history.ts'
import { auditHistory } from '../audit/audit-history.ts'
import type { Context, ExitCode } from '../context.ts'
import { ClientError, failureLine, VIEWER } from '../errors.ts'
import { connect } from '../http.ts'
import { assertRecent } from '../read/freshness.ts'
import type { HistoryEntry } from '../read/viewer.ts'
import { fetchHistory, parseHistory } from '../read/viewer.ts'
import { withFlags } from '../settings/flags.ts'
import type { ViewSettings } from '../settings/view-settings.ts'
import { readViewSettings } from '../settings/view-settings.ts'

export interface AuditSwitches {
  unsigned: boolean
}

/**
 * Checks every proof of a history, of a viewer or in a file, and prints what is altered, out of order, contradictory
 * or cannot be verified. Of a viewer, it also checks that the newest report is recent.
 */
export async function audit(
  source: string | undefined,
  { unsigned }: AuditSwitches,
  base: Context,
): Promise<ExitCode> {
  const isFile = source !== undefined && !/^https?:\/\//.test(source)
  const context = source === undefined || isFile ? base : withFlags(base, { viewer: source })
  const settings = readViewSettings(context, { needsSecret: !unsigned, needsViewer: !isFile })
  const history = isFile ? historyIn(source) : await historyAt(settings, context)
  const report = auditHistory(history, { ...settings, allowUnsigned: unsigned })
  const { entries, verified, findings, newest } = report
  for (const finding of findings) print(finding, context)
  const failures = isFile ? [] : stateFailures(newest, settings, context)
  for (const failure of failures) {
    if (context.json) context.stdout(JSON.stringify(failureLine(failure)))
    else context.stdout(failure.message)
  }
  const isGood = findings.length + failures.length === 0
  if (context.json) {
    const outcome = isGood ? 'done' : 'failed'
    context.stdout(
      JSON.stringify({ outcome, device: settings.device, entries, verified, findings: findings.length }),
    )
  } else {
    const result =
      findings.length === 0
        ? 'no findings'
        : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`
    context.stdout(
      `${settings.device}: ${entries} ${entries === 1 ? 'entry' : 'entries'}, ${verified} of them verified, ${result}.`,
    )
  }
  return isGood ? 0 : 1
}

async function historyAt({ viewer, device }: ViewSettings, context: Context): Promise<HistoryEntry[]> {
  using connection = connect({ service: VIEWER, isInContainer: context.isInContainer })
  const everything = { device, limit: Number.POSITIVE_INFINITY, from: undefined, to: undefined }
  return await Array.fromAsync(fetchHistory(connection, viewer, everything))
}

/** One JSON document of the viewer, or several, a line each. */
function historyIn(file: string): HistoryEntry[] {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8')
    return parseHistory(documentsOf(text))
  } catch (cause) {
    throw new ClientError('file-unreadable', { detail: `${file}: ${(cause as Error).message}`, cause })
  }
}

function documentsOf(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return text.split('\n').flatMap(line => (line.trim() === '' ? [] : [JSON.parse(line)]))
  }
}

/** A viewer that shows an old state has valid proofs, but no recent one. */
function stateFailures(
  newest: ReturnType<typeof auditHistory>['newest'],
  { maxAgeSeconds }: ViewSettings,
  { now }: Context,
): ClientError[] {
  if (newest === null) return []
  try {
    assertRecent(newest, now(), maxAgeSeconds)
    return []
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    return [error]
  }
}

function print({ kind, at, address, message }: Finding, { json, stdout }: Context): void {
  if (json) stdout(JSON.stringify({ finding: kind, at, address, message }))
  else stdout(`${new Date(at).toISOString()}  ${(address ?? 'no reports').padEnd(15)}  ${kind}: ${message}`)
}
