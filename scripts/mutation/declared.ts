/**
 * Takes the place of node:test for test files that `runner.ts` imports, and only collects what they declare, because a
 * module can be imported once but its tests have to run many times.
 */
import type { TestContext, TestOptions } from 'node:test'

export type TestBody = (t: TestContext) => unknown

export interface DeclaredTest {
  readonly name: string
  readonly options: TestOptions
  readonly body: TestBody
}

let tests: DeclaredTest[] = []
let hooks: (() => unknown)[] = []

export function test(name: string, ...rest: [TestOptions, TestBody] | [TestBody]): void {
  const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest
  tests.push({ name, options, body })
}

/** Runs once, right after the import. */
export function before(hook: () => unknown): void {
  hooks.push(hook)
}

/** Nothing: the process goes on with other tests, and its end cleans up. */
export function after(): void {}

/** @returns what was declared since the last call */
export async function takeDeclared(): Promise<readonly DeclaredTest[]> {
  const [declared, due] = [tests, hooks]
  tests = []
  hooks = []
  for (const hook of due) await hook()
  return declared
}
