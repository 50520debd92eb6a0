import { readFileSync } from 'node:fs'

/** A process, and not another one that got the same number later. */
export interface ProcessIdentity {
  pid: number
  /** When it started, in clock ticks since boot; null where /proc does not say. */
  startTicks: string | null
}

export function processIdentity(pid: number): ProcessIdentity {
  return { pid, startTicks: startTicksOf(pid) }
}

/** Whether that very process still runs. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return startTicks === null || startTicks === startTicksOf(pid)
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); field 2 is a name in brackets that may contain blanks. */
function startTicksOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
