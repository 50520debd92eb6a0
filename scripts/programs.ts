import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = join(import.meta.dirname, '..')

/** Programs that run together, from the sources: if one of them ends, or a signal comes, all of them are stopped. */
export interface Programs extends AsyncDisposable {
  /** With nothing of the environment except what is passed on and these settings. */
  start(service: string, settings: Readonly<Record<string, string>>, args?: readonly string[]): void
  /** Resolves once the URL answers 200. @throws if all programs are stopping */
  answers(url: string): Promise<void>
  /** Resolves to the exit code of the first program that ended; 0 after a signal. */
  readonly ended: Promise<number>
}

export function runPrograms(env: Readonly<Record<string, string | undefined>>): Programs {
  const children: ChildProcess[] = []
  const stop = new AbortController()
  const ended = new Promise<number>(resolve => {
    stop.signal.addEventListener('abort', () => resolve(stop.signal.reason))
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(0))

  return {
    ended,
    start(service, settings, args = []) {
      const passed = ['PATH', 'TZ', 'SCHEDULE', 'LOG_FORMAT'].flatMap(name =>
        env[name] ? [[name, env[name]]] : [],
      )
      const child = spawn(process.execPath, [join(root, 'services', service, 'main.ts'), ...args], {
        cwd: root,
        env: { ...Object.fromEntries(passed), ...settings },
        stdio: 'inherit',
        // Its own process group: Ctrl-C reaches only this process, which then asks each program once.
        detached: true,
      })
      children.push(child)
      child.once('exit', code => stop.abort(code ?? 1))
    },
    async answers(url) {
      for (;;) {
        stop.signal.throwIfAborted()
        const answer = await fetch(url, { signal: stop.signal }).catch(() => null)
        await answer?.body?.cancel()
        if (answer?.ok) return
        await sleep(50)
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort(0)
      const running = children.filter(child => child.exitCode === null && child.signalCode === null)
      for (const child of running) child.kill('SIGTERM')
      await Promise.all(running.map(child => once(child, 'exit')))
    },
  }
}
